/* SPDX-License-Identifier: GPL-2.0 */
/* How long softirqs wait: from the first raise since the last run (irq:softirq_raise) to the run (irq:softirq_entry).
 *
 * A CPU raises for itself alone, with interrupts off, so raises on one CPU never overlap. The first one finds `raise_ns`
 * empty and writes it; a run reads it and empties it. Between these:
 *
 * - A hardirq that raises while a run is between reading and emptying finds it written, and leaves it. A run that reads
 *   an empty one writes nothing, so that a raise that comes just then stays, for the run that it asks for.
 * - The kernel takes and clears the mask of pending vectors at once, lets interrupts in, and then runs one vector after the
 *   other. A raise after the clearing and before its vector's entry asks for another run, but finds the earlier raise
 *   still there, and so is not remembered. That other run is counted as one without a raise; if it is raised once more
 *   before it begins, it is timed from then, which is too short. Accepted: what tells the two apart is the mask, and
 *   programs can find that only in kernels that keep the names of their data (CONFIG_KALLSYMS_ALL).
 * - A run whose entry was not seen (the kernel skips a program now and then, see `recursion_misses`) leaves its raise to the
 *   next run, which then seems to have waited for longer. So does a CPU that goes offline with something pending.
 * - A run that is not to be measured takes its raise along: the filter decides at the entry, for the raise as well.
 * - A vector that was raised before tracing began runs without a remembered raise. The entry is attached before the raise:
 *   the other way round the raise of a run that nobody saw would stay for a later one.
 *
 * On PREEMPT_RT from 7.x on the runs of two tasks can interleave between the clearing and the entries: the first to enter takes
 * the raise, the other has none. Programs that were preempted are as above, hence atomic updates as for times. */
#ifndef IRQTRACE_LATENCY_BPF_H
#define IRQTRACE_LATENCY_BPF_H

#include "types.bpf.h"
#include "interrupt-class.bpf.h"
#include "place.bpf.h"
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

static __always_inline void remember_raise(u32 vec_nr)
{
	struct latency *cell = bpf_map_lookup_elem(&latencies, &vec_nr);

	/* A vector that nobody knows is counted by the exit. */
	if (cell && cell->raise_ns == 0)
		cell->raise_ns = bpf_ktime_get_ns();
}

static __always_inline u64 take_raise(volatile struct latency *cell)
{
	u64 raise_ns = cell->raise_ns;

	if (raise_ns != 0)
		cell->raise_ns = 0;
	return raise_ns;
}

/* At an entry, of which `now_ns` is the time. */
static __always_inline void count_wait(void *context, u32 vec_nr, u64 now_ns, bool filtered, bool atomic)
{
	struct latency *cell = bpf_map_lookup_elem(&latencies, &vec_nr);
	u32 now_epoch, bank, place;
	u64 raise_ns, wait_ns;

	if (!cell)
		return;
	raise_ns = take_raise(cell);
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
