/* SPDX-License-Identifier: GPL-2.0 */
/* What the benchmark's programs share. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef __u32 u32;
typedef __u64 u64;

char LICENSE[] SEC("license") = "GPL";
