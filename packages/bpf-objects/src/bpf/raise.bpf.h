/* SPDX-License-Identifier: GPL-2.0 */
/* When a softirq was raised for the first time since it last ran: irq:softirq_raise remembers it, irq:softirq_entry
 * takes it.
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
 * - A vector that was raised before tracing began runs without a remembered raise. The entry is attached before the raise:
 *   the other way round the raise of a run that nobody saw would stay for a later one.
 * - On PREEMPT_RT from 7.x on the runs of two tasks can interleave between the clearing and the entries: the first to
 *   enter takes the raise, the other has none. */
#ifndef IRQTRACE_RAISE_BPF_H
#define IRQTRACE_RAISE_BPF_H

#include "types.bpf.h"

/* `raise_ns` is the vector's on this CPU; 0: not raised since the last run. */
static __always_inline void remember_raise(u64 *raise_ns)
{
	if (*raise_ns == 0)
		*raise_ns = bpf_ktime_get_ns();
}

/* 0 if no raise is remembered. */
static __always_inline u64 take_raise(volatile u64 *raise_ns)
{
	u64 taken_ns = *raise_ns;

	if (taken_ns != 0)
		*raise_ns = 0;
	return taken_ns;
}

#endif
