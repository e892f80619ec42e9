// SPDX-License-Identifier: GPL-2.0
/* Clock readings before and after whatever else listens to a pair of tracepoints: listeners run in the order in which
 * they were attached. What a pair took in all goes to a distribution with a bucket for each ns. */
#include "pairs.bpf.h"

#define BUCKETS 8192

struct pair {
	u64 start_ns;
	u64 entry_ns;
	u64 buckets[BUCKETS]; /* beyond a value's limit of 32 KiB: an array per CPU by hand */
};

#define MAX_CPUS 64

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_CPUS);
	__type(key, u32);
	__type(value, struct pair);
} pairs SEC(".maps");

static __always_inline struct pair *this_pair(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&pairs, &cpu);
}

static __always_inline int before(void)
{
	struct pair *pair = this_pair();

	if (pair)
		pair->start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int after_entry(void)
{
	u64 now_ns = bpf_ktime_get_ns();
	struct pair *pair = this_pair();

	if (pair)
		pair->entry_ns = now_ns - pair->start_ns;
	return 0;
}

static __always_inline int after_exit(void)
{
	u64 now_ns = bpf_ktime_get_ns();
	struct pair *pair = this_pair();
	u64 ns;

	if (!pair || !pair->entry_ns)
		return 0;
	ns = now_ns - pair->start_ns + pair->entry_ns;
	pair->entry_ns = 0;
	if (ns < BUCKETS)
		pair->buckets[ns]++;
	return 0;
}

SEC("raw_tp/irq_handler_entry") int hardirqs_before_entry(void *ctx) { return before(); }
SEC("raw_tp/irq_handler_exit") int hardirqs_before_exit(void *ctx) { return before(); }
SEC("raw_tp/irq_handler_entry") int hardirqs_after_entry(void *ctx) { return after_entry(); }
SEC("raw_tp/irq_handler_exit") int hardirqs_after_exit(void *ctx) { return after_exit(); }
SEC("raw_tp/softirq_entry") int softirqs_before_entry(void *ctx) { return before(); }
SEC("raw_tp/softirq_exit") int softirqs_before_exit(void *ctx) { return before(); }
SEC("raw_tp/softirq_entry") int softirqs_after_entry(void *ctx) { return after_entry(); }
SEC("raw_tp/softirq_exit") int softirqs_after_exit(void *ctx) { return after_exit(); }
