// SPDX-License-Identifier: GPL-2.0
/* The bookkeeping of the default mode over cells that are laid out in one of several ways; docs/adr/0020 has the outcome.
 * All else is the same: a start per CPU, two banks by epoch, a histogram that all CPUs share. */
#include "pairs.bpf.h"
#include <stdbool.h>

#define ROWS 512 /* irqs; vectors lie behind them */
#define VECTORS_FROM 496
#define MAX_CPUS 8
#define BUCKETS 272
#define TRIES 4

#ifdef PADDED
#define CELL_ALIGNMENT __attribute__((aligned(64)))
#else
#define CELL_ALIGNMENT
#endif

struct bank {
	u64 count;
	u64 total_ns;
	u64 max_ns;
	u64 run_max_ns;
	u32 epoch;
	u32 unused;
};

struct cell {
	u64 writing;
	struct bank banks[2];
} CELL_ALIGNMENT;

struct histogram {
	u64 buckets[2][BUCKETS];
};

volatile u32 epoch;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ROWS);
	__type(key, u32);
	__type(value, u64);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ROWS);
	__type(key, u32);
	__type(value, struct histogram);
} histograms SEC(".maps");

#if defined(GLOBAL)

struct cell cells[MAX_CPUS * ROWS];

static __always_inline struct cell *cell_of(u32 row, u64 identity)
{
	u32 index = bpf_get_smp_processor_id() * ROWS + row;

	return index < MAX_CPUS * ROWS ? &cells[index] : NULL;
}

#elif defined(HASH)

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, ROWS);
	__type(key, u64);
	__type(value, struct cell);
} cells SEC(".maps");

static struct cell zero;

static __always_inline struct cell *cell_of(u32 row, u64 identity)
{
	struct cell *cell = bpf_map_lookup_elem(&cells, &identity);

	if (cell)
		return cell;
	bpf_map_update_elem(&cells, &identity, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&cells, &identity);
}

#else

struct {
#if defined(MAPPED)
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_CPUS * ROWS);
#elif defined(SHARED)
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ROWS);
#else
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ROWS);
#endif
	__type(key, u32);
	__type(value, struct cell);
} cells SEC(".maps");

static __always_inline struct cell *cell_of(u32 row, u64 identity)
{
#ifdef MAPPED
	row += bpf_get_smp_processor_id() * ROWS;
#endif
	return bpf_map_lookup_elem(&cells, &row);
}

#endif

static __always_inline u32 bucket_of(u64 ns)
{
	u32 exponent = 0;
	u64 rest = ns;

	if (ns < 8)
		return ns;
	if (ns >> 36)
		return BUCKETS - 1;
	if (rest >> 32)
		exponent += 32, rest >>= 32;
	if (rest >> 16)
		exponent += 16, rest >>= 16;
	if (rest >> 8)
		exponent += 8, rest >>= 8;
	if (rest >> 4)
		exponent += 4, rest >>= 4;
	if (rest >> 2)
		exponent += 2, rest >>= 2;
	if (rest >> 1)
		exponent += 1;
	return (exponent - 2) * 8 + ((ns >> (exponent - 3)) & 7);
}

#ifdef SHARED

/* Max alone takes a loop; the banks' stamps, which would take another, are left out. */
static __always_inline void add(struct cell *cell, u32 parity, u32 now, u64 ns)
{
	struct bank *bank = &cell->banks[parity];
	u64 seen;
	int tries;

	__sync_fetch_and_add(&cell->writing, 1);
	__sync_fetch_and_add(&bank->count, 1);
	__sync_fetch_and_add(&bank->total_ns, ns);
	seen = bank->max_ns;
	for (tries = 0; tries < TRIES && ns > seen; tries++) {
		u64 before = __sync_val_compare_and_swap(&bank->max_ns, seen, ns);

		if (before == seen)
			break;
		seen = before;
	}
	__sync_fetch_and_add(&cell->writing, -1);
}

#else

static __always_inline void add(struct cell *cell, u32 parity, u32 now, u64 ns)
{
	struct bank *bank = &cell->banks[parity];

	*(volatile u64 *)&cell->writing = 1;
	bank->count++;
	bank->total_ns += ns;
	if (bank->epoch != now) {
		if (bank->max_ns > bank->run_max_ns)
			bank->run_max_ns = bank->max_ns;
		bank->max_ns = 0;
		bank->epoch = now;
	}
	if (ns > bank->max_ns)
		bank->max_ns = ns;
	*(volatile u64 *)&cell->writing = 0;
}

#endif

static __always_inline int enter(u32 row)
{
	u64 *start_ns = bpf_map_lookup_elem(&starts, &row);

	if (start_ns)
		*start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int leave(u32 row, u64 identity)
{
	u64 end_ns = bpf_ktime_get_ns();
	u64 *start_ns = bpf_map_lookup_elem(&starts, &row);
	struct histogram *histogram;
	struct cell *cell;
	u32 now = epoch;
	u32 bucket;
	u64 ns;

	if (!start_ns || !*start_ns)
		return 0;
	ns = end_ns - *start_ns;
	*start_ns = 0;
	cell = cell_of(row, identity);
	histogram = bpf_map_lookup_elem(&histograms, &row);
	if (!cell || !histogram)
		return 0;
	add(cell, now & 1, now, ns);
	bucket = bucket_of(ns);
	asm volatile("" : "+r"(bucket));
	if (bucket < BUCKETS)
		__sync_fetch_and_add(&histogram->buckets[now & 1][bucket], 1);
	return 0;
}

static __always_inline u32 vector_row(struct bpf_raw_tracepoint_args *ctx)
{
	return VECTORS_FROM + (ctx->args[0] & 15);
}

SEC("raw_tp/irq_handler_entry")
int hardirqs_entry(struct bpf_raw_tracepoint_args *ctx) { return enter(ctx->args[0]); }
SEC("raw_tp/irq_handler_exit")
int hardirqs_exit(struct bpf_raw_tracepoint_args *ctx) { return leave(ctx->args[0], ctx->args[1]); }
SEC("raw_tp/softirq_entry")
int softirqs_entry(struct bpf_raw_tracepoint_args *ctx) { return enter(vector_row(ctx)); }
SEC("raw_tp/softirq_exit")
int softirqs_exit(struct bpf_raw_tracepoint_args *ctx) { return leave(vector_row(ctx), ctx->args[0]); }
