// SPDX-License-Identifier: GPL-2.0
/* Counts and times softirq handlers per CPU and vector, from the tracepoints irq:softirq_entry and irq:softirq_exit;
 * with irq:softirq_raise also how long they waited for their run, and where each ran. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "nesting.bpf.h"
#include "interrupt-class.bpf.h"
#include "latency.bpf.h"

/* On PREEMPT_RT from 7.x a softirq can be preempted by another task's on the same CPU, and so can its program: there
 * a start belongs to a task, and per-CPU counters need atomic updates. Set before load.
 *
 * The kernel skips a program that it has preempted on this CPU, and counts that (recursion misses). Accepted: if it
 * skips the exit of a task's run and then the entry of the same task's next, no other run in between, the two are
 * timed as one. Under a load made for it one run in a hundred lost either. And if a task's exit is preempted by another
 * task's entry after it has seen that the start is its own, what interrupts took of its time is lost. */
const volatile bool preempt_rt;

struct vector {
	u64 writing;
	u64 start_ns;
	u64 task; /* PREEMPT_RT only: whose entry start_ns is */
	struct times banks[2];
	struct histogram histogram;
	struct opening opening;  /* with exclusive times only, as the next */
	u64 taken_ns[2];         /* banks: what interrupts took of the time */
};
_Static_assert(sizeof(struct vector) == 4496, "struct vector");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQS);
	__type(key, u32);
	__type(value, struct vector);
} vectors SEC(".maps");

/* With `waits`, a program of its own: what the wait was is counted before the handler's time begins. */
static __always_inline void handle_entry(void *context, u32 vec_nr, bool waits)
{
	u64 now_ns = waits ? bpf_ktime_get_ns() : 0;
	struct vector *vector = bpf_map_lookup_elem(&vectors, &vec_nr);
	bool filtered;

	if (!vector)
		return; /* counted by the exit */
	if (preempt_rt)
		vector->task = bpf_get_current_task();
	filtered = is_filtered_out();
	if (waits)
		count_wait(context, vec_nr, now_ns, filtered, preempt_rt);
	if (filtered) {
		vector->start_ns = START_FILTERED;
		return;
	}
	vector->start_ns = exclusive ? read_opening(&vector->opening) : bpf_ktime_get_ns();
}

static __always_inline void handle_exit(u32 vec_nr)
{
	struct opening end = {};
	u64 end_ns = exclusive ? read_opening(&end) : bpf_ktime_get_ns();
	const bool atomic = preempt_rt;
	struct vector *vector = bpf_map_lookup_elem(&vectors, &vec_nr);
	u64 start_ns, duration_ns;
	struct times *times;
	u32 now_epoch;

	if (!vector) {
		__sync_fetch_and_add(&table_full, 1);
		return;
	}
	start_ns = vector->start_ns;
	/* On PREEMPT_RT another task's softirq may have started on this CPU since: that start is not ours. */
	if (start_ns == START_NONE || (atomic && vector->task != bpf_get_current_task())) {
		__sync_fetch_and_add(&unmatched, 1);
		return;
	}
	vector->start_ns = START_NONE;
	if (start_ns == START_FILTERED)
		return;
	duration_ns = elapsed_ns(start_ns, end_ns);

	begin_writing(&vector->writing, atomic);
	now_epoch = epoch;
	times = &vector->banks[now_epoch & 1];
	enter_epoch(times, now_epoch);
	add_duration(times, duration_ns, atomic);
	add_to_histogram(&vector->histogram, now_epoch, duration_ns, atomic);
	if (exclusive)
		add(&vector->taken_ns[now_epoch & 1], taken_ns(&vector->opening, &end), atomic);
	end_writing(&vector->writing, atomic);
}

/* Counts alone: no entry, no clock. */
static __always_inline void handle_count(u32 vec_nr)
{
	struct vector *vector = bpf_map_lookup_elem(&vectors, &vec_nr);
	const bool atomic = preempt_rt;
	u32 now_epoch;

	if (!vector) {
		__sync_fetch_and_add(&table_full, 1);
		return;
	}
	if (is_filtered_out())
		return;
	begin_writing(&vector->writing, atomic);
	now_epoch = epoch;
	add(&vector->banks[now_epoch & 1].count, 1, atomic);
	end_writing(&vector->writing, atomic);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(softirq_entry_tp_btf, unsigned int vec_nr)
{
	handle_entry(ctx, vec_nr, false);
	return 0;
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(softirq_raise_tp_btf, unsigned int vec_nr)
{
	handle_raise(vec_nr);
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(softirq_wait_tp_btf, unsigned int vec_nr)
{
	handle_entry(ctx, vec_nr, true);
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(softirq_exit_tp_btf, unsigned int vec_nr)
{
	handle_exit(vec_nr);
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(softirq_count_tp_btf, unsigned int vec_nr)
{
	handle_count(vec_nr);
	return 0;
}

SEC("raw_tp/softirq_entry")
int BPF_PROG(softirq_entry_raw_tp, unsigned int vec_nr)
{
	handle_entry(ctx, vec_nr, false);
	return 0;
}

SEC("raw_tp/softirq_raise")
int BPF_PROG(softirq_raise_raw_tp, unsigned int vec_nr)
{
	handle_raise(vec_nr);
	return 0;
}

SEC("raw_tp/softirq_entry")
int BPF_PROG(softirq_wait_raw_tp, unsigned int vec_nr)
{
	handle_entry(ctx, vec_nr, true);
	return 0;
}

SEC("raw_tp/softirq_exit")
int BPF_PROG(softirq_exit_raw_tp, unsigned int vec_nr)
{
	handle_exit(vec_nr);
	return 0;
}

SEC("raw_tp/softirq_exit")
int BPF_PROG(softirq_count_raw_tp, unsigned int vec_nr)
{
	handle_count(vec_nr);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
