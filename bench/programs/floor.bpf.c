// SPDX-License-Identifier: GPL-2.0
/* Two clock readings and a sum per CPU: what timing costs at least. */
#include "pairs.bpf.h"

struct slot {
	u64 start_ns;
	u64 total_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, struct slot);
} slots SEC(".maps");

static __always_inline int enter(u32 kind)
{
	struct slot *slot = bpf_map_lookup_elem(&slots, &kind);

	if (slot)
		slot->start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int leave(u32 kind)
{
	u64 end_ns = bpf_ktime_get_ns();
	struct slot *slot = bpf_map_lookup_elem(&slots, &kind);

	if (slot)
		slot->total_ns += end_ns - slot->start_ns;
	return 0;
}

SEC("raw_tp/irq_handler_entry") int hardirqs_entry(void *ctx) { return enter(0); }
SEC("raw_tp/irq_handler_exit") int hardirqs_exit(void *ctx) { return leave(0); }
SEC("raw_tp/softirq_entry") int softirqs_entry(void *ctx) { return enter(1); }
SEC("raw_tp/softirq_exit") int softirqs_exit(void *ctx) { return leave(1); }
