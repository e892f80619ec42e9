/* SPDX-License-Identifier: GPL-2.0 */
/* What interrupts took from what they interrupted, for exclusive ("self") times.
 *
 * Two accumulators per CPU, shared by all objects of a tracer: an entry remembers both, and what they have grown by at
 * the exit was taken meanwhile. Each has writers of one level, which cannot interrupt each other in mid-update:
 * `hard_ns` belongs to hardirq context (device handlers, system vectors, IPIs), `nmi_ns` to NMIs. A handler that
 * others nested in sets `hard_ns` to what it was at its entry plus its own whole time, so that the time of those
 * counts once; time of NMIs inside is left out of it, because whoever is below subtracts `nmi_ns` as well. A stack of
 * frames would be as exact, but an entry without its exit (they occur at attach) would jam it for good; here such an
 * entry only leaves its own time out.
 *
 * On PREEMPT_RT softirqs and threaded handlers can be preempted: their self time then holds the time of the tasks
 * that preempted them, but no interrupt's. The accumulators stay exact there: what writes them is never preempted,
 * and a softirq stays on its CPU. */
#ifndef IRQTRACE_NESTING_BPF_H
#define IRQTRACE_NESTING_BPF_H

#include "types.bpf.h"
#include "sample.bpf.h"

/* Set before load; without it nothing below is in the program. */
const volatile bool exclusive;

struct interrupt_times {
	u64 hard_ns;
	u64 nmi_ns;
};
_Static_assert(sizeof(struct interrupt_times) == 16, "struct interrupt_times");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct interrupt_times);
} interrupt_times SEC(".maps");

/* The accumulators as they were when a handler started. */
struct opening {
	u64 start_ns;
	u64 hard_ns;
	u64 nmi_ns;
};
_Static_assert(sizeof(struct opening) == 24, "struct opening");

static __always_inline struct interrupt_times *cpu_interrupt_times(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&interrupt_times, &zero);
}

#define SETTLING_READS 4

/* Reads the clock and the accumulators as of one instant: an interrupt between the two reads would be counted as taken
 * and be in the duration as well, or be in neither. Accepted: after a few interrupts in a row it takes what it has. */
static __noinline u64 read_opening(struct opening *opening)
{
	volatile struct interrupt_times *times = (volatile struct interrupt_times *)cpu_interrupt_times();
	int read;

	if (!times)
		return opening->start_ns = bpf_ktime_get_ns();
#pragma clang loop unroll(disable)
	for (read = 0; read < SETTLING_READS; read++) {
		opening->hard_ns = times->hard_ns;
		opening->nmi_ns = times->nmi_ns;
		opening->start_ns = bpf_ktime_get_ns();
		if (times->hard_ns == opening->hard_ns && times->nmi_ns == opening->nmi_ns)
			break;
	}
	return opening->start_ns;
}

/* How much of a duration was others', given the readings at its two ends. Nothing where the start is the later one:
 * another task's, which took it over. Counters only grow, and their readers rely on that. */
static __always_inline u64 taken_ns(const struct opening *start, const struct opening *end)
{
	return elapsed_ns(start->hard_ns + start->nmi_ns, end->hard_ns + end->nmi_ns);
}

/* In hardirq context: makes the handler that ends here one stretch of hardirq time. */
static __always_inline void close_hardirq(const struct opening *start, const struct opening *end)
{
	struct interrupt_times *times = cpu_interrupt_times();

	if (times)
		times->hard_ns = start->hard_ns + elapsed_ns(start->start_ns, end->start_ns) -
				 (end->nmi_ns - start->nmi_ns);
}

/* For objects that have a map of openings, with an entry for each handler that can run on a CPU. What is filtered out
 * goes through here as well: it still takes time from what it interrupts. */
static __always_inline u64 start_handler(void *openings, const u32 *key)
{
	struct opening *opening;

	if (!exclusive)
		return bpf_ktime_get_ns();
	opening = bpf_map_lookup_elem(openings, key);
	return opening ? read_opening(opening) : bpf_ktime_get_ns();
}

/* In hardirq context: gives the handler's end, and how much of its time was taken by others. */
static __always_inline u64 end_handler(void *openings, const u32 *key, u64 *others_ns)
{
	struct opening *start, end = {};

	if (!exclusive)
		return bpf_ktime_get_ns();
	start = bpf_map_lookup_elem(openings, key);
	read_opening(&end);
	if (start && start->start_ns != START_NONE) {
		*others_ns = taken_ns(start, &end);
		close_hardirq(start, &end);
		start->start_ns = START_NONE;
	}
	return end.start_ns;
}

/* What was taken from the handlers of a row. */
struct taken {
	u64 banks[2]; /* ns */
};
_Static_assert(sizeof(struct taken) == 16, "struct taken");

static __always_inline void add_taken(void *taken_times, const u32 *slot, u32 now_epoch, u64 others_ns)
{
	struct taken *taken = bpf_map_lookup_elem(taken_times, slot);

	if (taken)
		taken->banks[now_epoch & 1] += others_ns;
}

#endif
