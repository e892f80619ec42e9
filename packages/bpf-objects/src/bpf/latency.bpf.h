/* SPDX-License-Identifier: GPL-2.0 */
/* How long softirqs wait: from the first raise since the last run (irq:softirq_raise) to the run (irq:softirq_entry).
 *
 * raise.bpf.h has what is remembered of raises. A run that is not to be measured takes its raise along: the filter decides
 * at the entry, for the raise as well.
 *
 * On PREEMPT_RT from 7.x on a program can be preempted by another task's: hence atomic updates, as for times. */
#ifndef IRQTRACE_LATENCY_BPF_H
#define IRQTRACE_LATENCY_BPF_H

#include "types.bpf.h"
#include "interrupt-class.bpf.h"
#include "place.bpf.h"
#include "raise.bpf.h"
#include "sample.bpf.h"

struct latency {
	u64 writing;
	u64 raise_ns; /* 0: not raised since the last run */
	struct times banks[2];
	struct histogram histogram;
	u64 unmatched_raise[2];      /* banks: runs without a remembered raise */
	struct run_places places[2]; /* banks: of all runs, those without a raise too */
};
_Static_assert(sizeof(struct latency) == 4560, "struct latency");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQS);
	__type(key, u32);
	__type(value, struct latency);
} latencies SEC(".maps");

static __always_inline void handle_raise(u32 vec_nr)
{
	struct latency *cell = bpf_map_lookup_elem(&latencies, &vec_nr);

	/* A vector that nobody knows is counted by the exit. */
	if (cell)
		remember_raise(&cell->raise_ns);
}

/* At an entry, of which `now_ns` is the time. */
static __always_inline void count_wait(void *context, u32 vec_nr, u64 now_ns, bool filtered, bool atomic)
{
	struct latency *cell = bpf_map_lookup_elem(&latencies, &vec_nr);
	u32 now_epoch, bank, place;
	u64 raise_ns, wait_ns;

	if (!cell)
		return;
	raise_ns = take_raise(&cell->raise_ns);
	if (filtered)
		return;
	place = place_of_run(context);

	begin_writing(&cell->writing, atomic);
	now_epoch = epoch;
	bank = now_epoch & 1;
	if (raise_ns == 0) {
		add(&cell->unmatched_raise[bank], 1, atomic);
	} else {
		wait_ns = elapsed_ns(raise_ns, now_ns);
		enter_epoch(&cell->banks[bank], now_epoch);
		add_duration(&cell->banks[bank], wait_ns, atomic);
		add_to_histogram(&cell->histogram, now_epoch, wait_ns, atomic);
	}
	add(place_counter(&cell->places[bank], place), 1, atomic);
	end_writing(&cell->writing, atomic);
}

#endif
