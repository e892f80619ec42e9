/* SPDX-License-Identifier: GPL-2.0 */
/* Fixed-width names and the few kernel types that the programs touch, declared minimally: CO-RE finds the real
 * offsets when an object is loaded, so no vmlinux.h is needed and one object fits every kernel. */
#ifndef IRQTRACE_TYPES_BPF_H
#define IRQTRACE_TYPES_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __s32 s32;
typedef __s64 s64;
typedef __u64 u64;

/* include/linux/interrupt.h */
struct irqaction {
	void *dev_id;
	struct irqaction *next;
	unsigned int flags;
	const char *name;
} __attribute__((preserve_access_index));

/* Keeps the compiler from moving memory accesses across; the CPU may still reorder them. */
#define compiler_barrier() asm volatile("" ::: "memory")

#endif
