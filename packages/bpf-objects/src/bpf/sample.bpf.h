/* SPDX-License-Identifier: GPL-2.0 */
/* How durations are kept so that user space can read them while they are being written.
 *
 * Every cell has two banks; the parity of `epoch` says which one is written. User space increments `epoch` and then
 * reads the bank that has just become idle. Counters are cumulative and never cleared: the reader subtracts. Only
 * the maximum restarts, in the bank's first event of an epoch, by the bank's own writer.
 *
 * A program raises its cell's `writing` mark before it reads `epoch` and lowers it after its last store. A reader
 * that has flipped `epoch`, waited longer than a store stays in a store buffer, and then finds the mark down knows
 * that nobody writes the idle bank any more; one that finds it up reads the cell again. arm64 may show the mark's
 * fall some ns before the last numbers: whoever saw the mark up reads once more after it. Accepted: a program that
 * was held up through the whole wait and ends within those ns of the first reading. */
#ifndef IRQTRACE_SAMPLE_BPF_H
#define IRQTRACE_SAMPLE_BPF_H

#include "types.bpf.h"
#include "start.bpf.h"

/* Log-linear buckets: exact below 8 ns, then 8 per power of two, up to 2^36 ns (68.7 s). */
#define SUB_BUCKET_BITS 3
#define SUB_BUCKETS (1 << SUB_BUCKET_BITS)
#define MAX_BITS 36
#define BUCKETS (SUB_BUCKETS * (MAX_BITS - SUB_BUCKET_BITS + 1))

struct times {
	u64 count;
	u64 total_ns;
	u64 max_ns;     /* of the epoch that `epoch` names */
	u64 run_max_ns; /* of all epochs before that one */
	u32 epoch;
	u32 padding;
};
_Static_assert(sizeof(struct times) == 40, "struct times");

struct histogram {
	u64 banks[2][BUCKETS];
};
_Static_assert(BUCKETS == 272, "buckets");
_Static_assert(sizeof(struct histogram) == 4352, "struct histogram");

/* Starts at 1: a zeroed bank belongs to no epoch yet. */
volatile u32 epoch = 1;

/* Events that could not be measured. Rare, so atomic rather than per CPU. */
u64 unmatched;  /* exits without an entry of their own */
u64 table_full; /* events of a source that has no row */

/* `atomic` is for programs that another one can preempt on the same CPU; the verifier or the compiler removes the
 * branch that is not taken. */
static __always_inline void add(u64 *counter, u64 value, bool atomic)
{
	if (atomic)
		__sync_fetch_and_add(counter, value);
	else
		*counter += value;
}

static __always_inline void begin_writing(u64 *writing, bool atomic)
{
	if (atomic)
		__sync_fetch_and_add(writing, 1);
	else
		*(volatile u64 *)writing = 1;
	compiler_barrier();
}

static __always_inline void end_writing(u64 *writing, bool atomic)
{
	compiler_barrier();
	if (atomic)
		__sync_fetch_and_add(writing, -1);
	else
		*(volatile u64 *)writing = 0;
}

/* Says whether this is the bank's first event of the epoch. */
static __always_inline bool enter_epoch(struct times *times, u32 now_epoch)
{
	if (times->epoch == now_epoch)
		return false;
	if (times->max_ns > times->run_max_ns)
		times->run_max_ns = times->max_ns;
	times->max_ns = 0;
	times->epoch = now_epoch;
	return true;
}

static __always_inline void add_duration(struct times *times, u64 duration_ns, bool atomic)
{
	add(&times->count, 1, atomic);
	add(&times->total_ns, duration_ns, atomic);
	/* A writer that was preempted here can put a smaller maximum back: accepted, cmpxchg needs 5.12. */
	if (duration_ns > times->max_ns)
		times->max_ns = duration_ns;
}

/* Takes `bits` off what is left if it has so many more than a bucket shows, and says how many. Arithmetic that the
 * compiler cannot see through: of a branch the verifier follows both ways, 32 in all, and the CPU guesses one. */
static __always_inline u64 shift_out(u64 *rest, u32 bits)
{
	u64 room = ((u64)SUB_BUCKETS << bits) - 1 - *rest, shift;

	asm volatile("" : "+r"(room));
	shift = (room >> 63) * bits;
	*rest >>= shift;
	return shift;
}

/* With s = max(0, floor(log2 ns) - 3), the bucket is 8 * s + (ns >> s). */
static __always_inline u32 bucket_of(u64 ns)
{
	u64 rest = ns, shift = 0;

	if (ns >> (MAX_BITS - 1)) {
		rest = ns >> MAX_BITS ? SUB_BUCKETS * 2 - 1 : ns >> 32;
		return 32 * SUB_BUCKETS + rest;
	}
	shift += shift_out(&rest, 16);
	shift += shift_out(&rest, 8);
	shift += shift_out(&rest, 4);
	shift += shift_out(&rest, 2);
	shift += shift_out(&rest, 1);
	return shift * SUB_BUCKETS + rest;
}

static __always_inline void add_to_histogram(struct histogram *histogram, u32 now_epoch, u64 duration_ns, bool atomic)
{
	u32 bucket = bucket_of(duration_ns);
	u64 *counter;

	/* Keeps the check below, which the compiler knows to be true and the verifier of 5.10 does not. */
	asm volatile("" : "+r"(bucket));
	if (bucket >= BUCKETS)
		return;
	counter = &histogram->banks[now_epoch & 1][bucket];
	add(counter, 1, atomic);
}

#endif
