// SPDX-License-Identifier: GPL-2.0
/* Counts and times the interrupts of the CPUs themselves, which belong to no device:
 *   system vectors of x86       irq_vectors:*_entry and *_exit (local timer, reschedule, function calls, errors, ...)
 *   IPIs of arm64               ipi:ipi_entry and ipi_exit
 *   NMI handlers of x86         nmi:nmi_handler, which tells the duration itself
 *
 * Everything here is per CPU and belongs to one level: cells of vectors and IPIs are written in hardirq context alone,
 * those of NMIs in NMIs alone. No lock and no hash is used, because an NMI can come while this CPU holds one.
 *
 * The programs name no tracepoint: each is attached to those that the kernel has. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "nesting.bpf.h"
#include "interrupt-class.bpf.h"

/* arch/x86/include/asm/irq_vectors.h */
#define LOCAL_TIMER_VECTOR 0xec
#define DEFERRED_ERROR_VECTOR 0xf4
#define IRQ_WORK_VECTOR 0xf6
#define X86_PLATFORM_IPI_VECTOR 0xf7
#define THRESHOLD_APIC_VECTOR 0xf9
#define THERMAL_APIC_VECTOR 0xfa
#define CALL_FUNCTION_SINGLE_VECTOR 0xfb
#define CALL_FUNCTION_VECTOR 0xfc
#define RESCHEDULE_VECTOR 0xfd
#define ERROR_APIC_VECTOR 0xfe

#define SPURIOUS_SLOT 10 /* the last of the vectors' */

#define NAME_SIZE 64
#define MAX_KNOWN 16 /* kinds of IPI, and NMI handlers, on one CPU */

struct source {
	u64 writing;
	u64 start_ns;
	u64 id; /* the slot of a vector, or the address of an IPI's name or of an NMI's handler */
	struct times banks[2];
	char name[NAME_SIZE]; /* of an IPI */
	u32 class;            /* 0: nothing has happened yet */
	u32 padding;
};
_Static_assert(sizeof(struct source) == 176, "struct source");

/* Slots of IPIs and of NMIs start where user space says, after those of the vectors if there are any. */
const volatile u32 first_ipi;
const volatile u32 first_nmi;

/* Entries are set before load. */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct source);
} sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct histogram);
} source_histograms SEC(".maps");

/* With exclusive times, as in hardirqs.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct opening);
} source_openings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct taken);
} source_taken SEC(".maps");

/* The addresses that have a slot on this CPU, in the order in which they came. Another CPU may have another order. */
struct known {
	u64 addresses[MAX_KNOWN];
};

#define KNOWN_IPIS 0
#define KNOWN_NMIS 1

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, struct known);
} known SEC(".maps");

/* Vectors have the first slots, in this order; user space names them. Of all the tracepoints only that of spurious
 * interrupts gives other numbers: an unexpected interrupt may have any. */
static __always_inline u32 vector_slot(u32 vector)
{
	switch (vector) {
	case LOCAL_TIMER_VECTOR:
		return 0;
	case RESCHEDULE_VECTOR:
		return 1;
	case CALL_FUNCTION_VECTOR:
		return 2;
	case CALL_FUNCTION_SINGLE_VECTOR:
		return 3;
	case IRQ_WORK_VECTOR:
		return 4;
	case THERMAL_APIC_VECTOR:
		return 5;
	case THRESHOLD_APIC_VECTOR:
		return 6;
	case DEFERRED_ERROR_VECTOR:
		return 7;
	case ERROR_APIC_VECTOR:
		return 8;
	case X86_PLATFORM_IPI_VECTOR:
		return 9;
	default:
		return SPURIOUS_SLOT;
	}
}

/* The slot of an address on this CPU: its place among those that were met here. MAX_KNOWN says that there is no room.
 * Accepted: an IPI that comes as a pseudo-NMI (arm64) between the look at a free place and the taking of it, each met
 * for the first time, counts that once under the other's name. With exclusive times such an IPI writes what belongs to
 * hardirq context: one that comes just while a handler's end is reckoned may be left out of what was taken. */
static __noinline u32 place_of(u32 table, u64 address)
{
	struct known *places = bpf_map_lookup_elem(&known, &table);
	u32 place;

	if (!places)
		return MAX_KNOWN;
#pragma clang loop unroll(disable)
	for (place = 0; place < MAX_KNOWN; place++) {
		if (places->addresses[place] == address)
			break;
		if (!places->addresses[place]) {
			places->addresses[place] = address;
			break;
		}
	}
	return place;
}

/* Under the mark, because a reader takes a cell's identity with its counts. A slot changes hands in one case alone: see
 * place_of. */
static __always_inline void identify(struct source *source, u32 class, u64 id)
{
	if (source->class && source->id == id)
		return;
	source->id = id;
	if (class == CLASS_IPI)
		bpf_probe_read_kernel_str(source->name, sizeof(source->name), (const void *)id);
	source->class = class;
}

static __always_inline void record(struct source *source, u32 slot, u32 class, u64 id, u64 duration_ns, u64 others_ns)
{
	struct histogram *histogram = bpf_map_lookup_elem(&source_histograms, &slot);
	struct times *times;
	u32 now_epoch;

	begin_writing(&source->writing, false);
	now_epoch = epoch;
	identify(source, class, id);
	times = &source->banks[now_epoch & 1];
	enter_epoch(times, now_epoch);
	add_duration(times, duration_ns, false);
	if (histogram)
		add_to_histogram(histogram, now_epoch, duration_ns, false);
	if (exclusive)
		add_taken(&source_taken, &slot, now_epoch, others_ns);
	end_writing(&source->writing, false);
}

static __always_inline void handle_entry(u32 slot)
{
	struct source *source = bpf_map_lookup_elem(&sources, &slot);

	if (!source)
		return; /* counted by the exit */
	if (is_filtered_out()) {
		source->start_ns = START_FILTERED;
		if (exclusive)
			start_handler(&source_openings, &slot);
		return;
	}
	source->start_ns = start_handler(&source_openings, &slot);
}

static __always_inline void handle_exit(u32 slot, u32 class, u64 id)
{
	u64 others_ns = 0;
	u64 end_ns = end_handler(&source_openings, &slot, &others_ns);
	struct source *source = bpf_map_lookup_elem(&sources, &slot);
	u64 start_ns;

	if (!source) {
		/* There was no room for what the entry decided. */
		if (!is_filtered_out())
			__sync_fetch_and_add(&table_full, 1);
		return;
	}
	start_ns = source->start_ns;
	source->start_ns = START_NONE;
	if (start_ns == START_NONE)
		__sync_fetch_and_add(&unmatched, 1);
	if (start_ns > START_FILTERED)
		record(source, slot, class, id, elapsed_ns(start_ns, end_ns), others_ns);
}

/* Counts alone: no entry, no clock. */
static __always_inline void handle_count(u32 slot, u32 class, u64 id)
{
	struct source *source = bpf_map_lookup_elem(&sources, &slot);
	u32 now_epoch;

	if (is_filtered_out())
		return;
	if (!source) {
		__sync_fetch_and_add(&table_full, 1);
		return;
	}
	begin_writing(&source->writing, false);
	now_epoch = epoch;
	identify(source, class, id);
	source->banks[now_epoch & 1].count++;
	end_writing(&source->writing, false);
}

/* No room: a slot that no map has. */
static __always_inline u32 slot_from(u32 first, u32 place)
{
	return place < MAX_KNOWN ? first + place : ~0U;
}

static __always_inline u32 ipi_slot(const char *reason)
{
	return slot_from(first_ipi, place_of(KNOWN_IPIS, (u64)reason));
}

static __always_inline u32 nmi_slot(const void *handler)
{
	return slot_from(first_nmi, place_of(KNOWN_NMIS, (u64)handler));
}

static __always_inline void handle_nmi(const void *handler, u64 duration_ns)
{
	u32 slot = nmi_slot(handler);
	struct interrupt_times *times;
	struct source *source;

	if (exclusive) {
		times = cpu_interrupt_times();
		if (times)
			times->nmi_ns += duration_ns;
	}
	if (is_filtered_out())
		return;
	source = bpf_map_lookup_elem(&sources, &slot);
	if (source)
		record(source, slot, CLASS_NMI, (u64)handler, duration_ns, 0);
	else
		__sync_fetch_and_add(&table_full, 1);
}

SEC("raw_tp")
int BPF_PROG(vector_entry_raw_tp, int vector)
{
	handle_entry(vector_slot(vector));
	return 0;
}

SEC("raw_tp")
int BPF_PROG(vector_exit_raw_tp, int vector)
{
	u32 slot = vector_slot(vector);

	handle_exit(slot, CLASS_VECTOR, slot);
	return 0;
}

SEC("raw_tp")
int BPF_PROG(vector_count_raw_tp, int vector)
{
	u32 slot = vector_slot(vector);

	handle_count(slot, CLASS_VECTOR, slot);
	return 0;
}

SEC("raw_tp")
int BPF_PROG(ipi_entry_raw_tp, const char *reason)
{
	handle_entry(ipi_slot(reason));
	return 0;
}

SEC("raw_tp")
int BPF_PROG(ipi_exit_raw_tp, const char *reason)
{
	handle_exit(ipi_slot(reason), CLASS_IPI, (u64)reason);
	return 0;
}

SEC("raw_tp")
int BPF_PROG(ipi_count_raw_tp, const char *reason)
{
	handle_count(ipi_slot(reason), CLASS_IPI, (u64)reason);
	return 0;
}

SEC("raw_tp")
int BPF_PROG(nmi_raw_tp, void *handler, s64 duration_ns)
{
	handle_nmi(handler, elapsed_ns(0, duration_ns));
	return 0;
}

SEC("raw_tp")
int BPF_PROG(nmi_count_raw_tp, void *handler)
{
	handle_count(nmi_slot(handler), CLASS_NMI, (u64)handler);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
