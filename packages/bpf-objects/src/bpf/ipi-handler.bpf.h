/* SPDX-License-Identifier: GPL-2.0 */
/* What arm64's CPUs send each other runs as handlers of devices do, on irqs that /proc/interrupts hides. Such a handler
 * is told by the name that the kernel gives it (arch/arm64/kernel/smp.c). */
#ifndef IRQTRACE_IPI_HANDLER_BPF_H
#define IRQTRACE_IPI_HANDLER_BPF_H

#include "types.bpf.h"

/* include/linux/interrupt.h */
#define IRQF_PERCPU 0x400

#define IPI_NAME 0x495049 /* "IPI" and the byte that ends it, read as a little-endian number */

static __always_inline bool is_per_cpu(const struct irqaction *action)
{
	return BPF_CORE_READ(action, flags) & IRQF_PERCPU;
}

static __always_inline bool is_ipi_name(const char *text)
{
	u32 letters = 0;

	bpf_probe_read_kernel(&letters, sizeof(letters), text);
	return letters == IPI_NAME;
}

static __always_inline bool is_ipi_handler(const struct irqaction *action)
{
	return is_per_cpu(action) && is_ipi_name(BPF_CORE_READ(action, name));
}

#endif
