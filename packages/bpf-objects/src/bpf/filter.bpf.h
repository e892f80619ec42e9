/* SPDX-License-Identifier: GPL-2.0 */
/* Which events are measured: a CPU list and one cgroup, both decided when a handler starts. The switches are
 * read-only data set before load, so the verifier removes what is not asked for and it costs nothing. */
#ifndef IRQTRACE_FILTER_BPF_H
#define IRQTRACE_FILTER_BPF_H

#include "types.bpf.h"

#define MAX_CPUS 8192 /* the largest NR_CPUS that any architecture's Kconfig allows */

const volatile u32 cpu_mask[MAX_CPUS / 32];
const volatile bool filter_cpus;
const volatile bool filter_cgroup;

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} cgroup SEC(".maps");

static __always_inline bool is_filtered_out(void)
{
	if (filter_cpus) {
		u32 cpu = bpf_get_smp_processor_id();

		if (cpu >= MAX_CPUS || !(cpu_mask[cpu / 32] >> (cpu % 32) & 1))
			return true;
	}
	/* 1 is the only match: 0 says no, and an error must not count as a match. */
	return filter_cgroup && bpf_current_task_under_cgroup(&cgroup, 0) != 1;
}

#endif
