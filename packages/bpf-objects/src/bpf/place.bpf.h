/* SPDX-License-Identifier: GPL-2.0 */
/* Where a softirq runs: in ksoftirqd or, on PREEMPT_RT, ktimers, which is told by the task; else when an interrupt ends
 * or a task allows softirqs again, which only the kernel's stack tells apart.
 *
 * User space says which tasks these threads are. One that it does not know (of a CPU that came online later, or where
 * /proc does not show the threads) makes the runs of that CPU `unknown`, not somebody else's. An interrupt that ends over
 * ksoftirqd just before or after ksoftirqd's own turn counts as ksoftirqd: it is the task that pays for it. */
#ifndef IRQTRACE_PLACE_BPF_H
#define IRQTRACE_PLACE_BPF_H

#include "types.bpf.h"

/* Set before load; without it no stack is walked. */
const volatile bool places_by_stack;

/* Text addresses from `start` to `end`, as signed numbers: the kernel's half of the address space is near 0 then.
 * A list ends at its first empty range. */
struct code_range {
	s64 start;
	s64 end;
};
#define CODE_RANGES 8
const volatile struct code_range interrupt_exit_code[CODE_RANGES];
const volatile struct code_range bh_enable_code[CODE_RANGES];

/* Thread ids of one CPU; 0 where there is none or it is not known. */
struct softirq_threads {
	u32 ksoftirqd;
	u32 ktimers;
};
_Static_assert(sizeof(struct softirq_threads) == 8, "struct softirq_threads");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct softirq_threads);
} softirq_threads SEC(".maps");

struct run_places {
	u64 ksoftirqd;
	u64 ktimers;
	u64 interrupt_exit;
	u64 bh_enable;
	u64 run_inline; /* either of the two before, not told apart */
	u64 unknown;
};
_Static_assert(sizeof(struct run_places) == 48, "struct run_places");

enum place { PLACE_KSOFTIRQD, PLACE_KTIMERS, PLACE_INTERRUPT_EXIT, PLACE_BH_ENABLE, PLACE_INLINE, PLACE_UNKNOWN };

static __always_inline bool is_in(s64 address, const volatile struct code_range *ranges)
{
	u32 range;

#pragma clang loop unroll(disable)
	for (range = 0; range < CODE_RANGES && ranges[range].end != 0; range++)
		if (address >= ranges[range].start && address < ranges[range].end)
			return true;
	return false;
}

/* The tracer's own frames and the softirq's come before the caller. */
#define STACK_FRAMES 12

/* The innermost of the two decides: further out lies what was interrupted. */
static __noinline u32 place_by_stack(void *context)
{
	s64 frames[STACK_FRAMES] = {}; /* for verifiers that take the helper for a reader of it */
	long bytes = bpf_get_stack(context, frames, sizeof(frames), 0);
	u32 frame;

#pragma clang loop unroll(disable)
	for (frame = 0; frame < STACK_FRAMES && (long)(frame * sizeof(*frames)) < bytes; frame++) {
		if (is_in(frames[frame], interrupt_exit_code))
			return PLACE_INTERRUPT_EXIT;
		if (is_in(frames[frame], bh_enable_code))
			return PLACE_BH_ENABLE;
	}
	return PLACE_UNKNOWN;
}

static __always_inline u32 place_of_run(void *context)
{
	u32 zero = 0, thread = bpf_get_current_pid_tgid();
	const struct softirq_threads *threads = bpf_map_lookup_elem(&softirq_threads, &zero);

	/* The idle task's id is 0, like that of a thread which is not known. */
	if (threads && thread != 0) {
		if (thread == threads->ksoftirqd)
			return PLACE_KSOFTIRQD;
		if (thread == threads->ktimers)
			return PLACE_KTIMERS;
	}
	if (places_by_stack)
		return place_by_stack(context);
	return threads && threads->ksoftirqd != 0 ? PLACE_INLINE : PLACE_UNKNOWN;
}

static __always_inline u64 *place_counter(struct run_places *places, u32 place)
{
	switch (place) {
	case PLACE_KSOFTIRQD:
		return &places->ksoftirqd;
	case PLACE_KTIMERS:
		return &places->ktimers;
	case PLACE_INTERRUPT_EXIT:
		return &places->interrupt_exit;
	case PLACE_BH_ENABLE:
		return &places->bh_enable;
	case PLACE_INLINE:
		return &places->run_inline;
	default:
		return &places->unknown;
	}
}

#endif
