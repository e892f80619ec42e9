// SPDX-License-Identifier: GPL-2.0
/* How long tasks wait for a CPU: from sched_wakeup, or from being preempted, to the sched_switch that runs them.
 * Durations go into the buckets that Histogram of @irqtrace/decode reads. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define BUCKETS 272
#define SUB_BUCKET_BITS 3
#define MAX_EXPONENT 35

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);
} waiting_since_ns SEC(".maps");

struct latency {
	__u64 total_ns;
	__u64 buckets[BUCKETS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct latency);
} latency SEC(".maps");

const volatile __u64 shortest_ns = 0;
__u64 not_noted = 0;

static __always_inline __u32 exponent_of(__u64 value)
{
	__u32 exponent = 0;

	for (__u32 step = 32; step > 0; step >>= 1) {
		if (value >> step) {
			value >>= step;
			exponent += step;
		}
	}
	return exponent;
}

static __always_inline __u32 bucket_of(__u64 ns)
{
	__u32 exponent;

	if (ns < (1 << SUB_BUCKET_BITS))
		return ns;
	exponent = exponent_of(ns);
	if (exponent > MAX_EXPONENT)
		return BUCKETS - 1;
	return ((exponent - SUB_BUCKET_BITS + 1) << SUB_BUCKET_BITS) |
	       ((ns >> (exponent - SUB_BUCKET_BITS)) & ((1 << SUB_BUCKET_BITS) - 1));
}

static __always_inline void starts_waiting(struct task_struct *task)
{
	__u32 pid = task->pid;
	__u64 now_ns = bpf_ktime_get_ns();

	/* Task 0 of each CPU is its idle loop: it waits for nothing. */
	if (pid != 0 && bpf_map_update_elem(&waiting_since_ns, &pid, &now_ns, BPF_ANY) != 0)
		__sync_fetch_and_add(&not_noted, 1);
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(task_woken, struct task_struct *task)
{
	starts_waiting(task);
	return 0;
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(task_born, struct task_struct *task)
{
	starts_waiting(task);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(task_switched, bool preempt, struct task_struct *previous, struct task_struct *next)
{
	__u32 pid = next->pid, zero = 0, bucket;
	struct latency *cell;
	__u64 *since, waited_ns;

	if (preempt)
		starts_waiting(previous);
	since = bpf_map_lookup_elem(&waiting_since_ns, &pid);
	if (!since)
		return 0;
	waited_ns = bpf_ktime_get_ns() - *since;
	bpf_map_delete_elem(&waiting_since_ns, &pid);
	cell = bpf_map_lookup_elem(&latency, &zero);
	if (!cell || waited_ns < shortest_ns)
		return 0;
	bucket = bucket_of(waited_ns);
	if (bucket >= BUCKETS)
		return 0;
	cell->total_ns += waited_ns;
	cell->buckets[bucket] += 1;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
