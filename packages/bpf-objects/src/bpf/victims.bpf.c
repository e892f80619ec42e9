// SPDX-License-Identifier: GPL-2.0
/* Whose time interrupts took: for each interrupted task, cgroup or CPU mode and each source, how often and how long.
 * From the tracepoints irq:irq_handler_entry and _exit, irq:softirq_entry and _exit, on x86 irq_vectors:*_entry and
 * _exit and nmi:nmi_handler, and on arm64 ipi:ipi_entry.
 *
 * This is the accounting: times are exclusive, so that what nested inside is charged to the same victim once, under its
 * own source. victim.bpf.h says who the victim is, victim-rows.bpf.h where that is kept. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "nesting.bpf.h"
#include "interrupt-class.bpf.h"
#include "ipi-handler.bpf.h"
#include "victim.bpf.h"
#include "victim-rows.bpf.h"

/* Set before load. */
const volatile u32 wanted_classes; /* a bit each; others are attached as far as they nest in these */
const volatile bool preempt_rt;    /* as in softirqs.bpf.c: a softirq's start then belongs to a task */

struct bank {
	u64 count;
	u64 self_ns;
	u32 epoch;
	u32 padding;
};
_Static_assert(sizeof(struct bank) == 24, "struct bank");

struct cell {
	u64 writing;
	struct bank banks[2];
};
_Static_assert(sizeof(struct cell) == 56, "struct cell");

enum start_state { STATE_NONE, STATE_FILTERED, STATE_MEASURED };

struct start {
	struct opening opening;
	u64 task; /* PREEMPT_RT softirqs only */
	u32 state;
	u32 padding;
};
_Static_assert(sizeof(struct start) == 40, "struct start");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* irq */
	__type(value, struct start);
} device_starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, VECTORS);
	__type(key, u32); /* vector */
	__type(value, struct start);
} vector_starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQS);
	__type(key, u32); /* vector */
	__type(value, struct start);
} softirq_starts SEC(".maps");

/* Why the IPI that is being handled was sent. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} ipi_reasons SEC(".maps");

/* Shared by all CPUs where a row is one task's, which runs on one CPU at a time; else per CPU. Updated atomically either
 * way, because a softirq on PREEMPT_RT can be preempted here, and an NMI can come in between. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLASSES);
	__type(key, u32); /* slot */
	__type(value, struct cell);
} cells SEC(".maps");

static __always_inline u32 context_of(u32 class)
{
	return class == CLASS_SOFTIRQ ? CONTEXT_SOFTIRQ : class == CLASS_NMI ? CONTEXT_NMI : CONTEXT_HARDIRQ;
}

/* Adds to the row of the current task, its cgroup or its mode. */
static __noinline int charge(void *ctx, u32 class, u32 source, u64 name, u64 self_ns)
{
	struct identity identity = { .victim = current_victim(ctx, context_of(class)),
				     .name = name,
				     .tid = victim_tid(),
				     .class = class,
				     .source = source };
	struct bank *bank;
	struct cell *cell;
	u32 now_epoch, slot = 0;
	bool has_row;

	has_row = find_slot(&identity, &slot);
	if (!has_row)
		slot = remainder_slot(class);
	cell = bpf_map_lookup_elem(&cells, &slot);
	if (!cell) {
		__sync_fetch_and_add(&table_full, 1);
		return 0;
	}
	begin_writing(&cell->writing, true);
	now_epoch = epoch;
	bank = &cell->banks[now_epoch & 1];
	if (bank->epoch != now_epoch) {
		bank->epoch = now_epoch;
		if (has_row)
			read_label(slot, now_epoch, &identity);
	}
	add(&bank->count, 1, true);
	add(&bank->self_ns, self_ns, true);
	end_writing(&cell->writing, true);
	return 0;
}

/* What is not to be charged still takes time from what it interrupts. */
static __always_inline void enter(struct start *start, u32 class)
{
	const bool is_wanted = wanted_classes & 1 << class;

	start->state = !is_wanted || is_filtered_out() ? STATE_FILTERED : STATE_MEASURED;
	read_opening(&start->opening);
}

/* On PREEMPT_RT another task's softirq may have started on this CPU since: that start is not ours. One that starts after
 * this look changes nothing of what was read before. */
static __always_inline bool is_anothers(const struct start *start, u32 class)
{
	return preempt_rt && class == CLASS_SOFTIRQ && start->task != bpf_get_current_task();
}

/* Ends what `enter` started; says whether it is to be charged, and what it took by itself. */
static __always_inline bool leave(struct start *start, u32 class, u64 *self_ns)
{
	struct opening end = {}, opening;
	u64 total_ns, others_ns;
	u32 state;

	read_opening(&end);
	opening = start->opening;
	state = start->state;
	compiler_barrier();
	if (state == STATE_NONE || is_anothers(start, class)) {
		if (wanted_classes & 1 << class)
			__sync_fetch_and_add(&unmatched, 1);
		return false;
	}
	start->state = STATE_NONE;
	if (class != CLASS_SOFTIRQ)
		close_hardirq(&opening, &end);
	total_ns = elapsed_ns(opening.start_ns, end.start_ns);
	others_ns = taken_ns(&opening, &end);
	*self_ns = total_ns > others_ns ? total_ns - others_ns : 0;
	return state == STATE_MEASURED;
}

static __always_inline u64 *ipi_reason(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ipi_reasons, &zero);
}

/* Comes between an IPI's entry and exit as a handler. One that comes as a pseudo-NMI within another leaves that one
 * without a name. */
static __always_inline int handle_ipi_reason(u64 text)
{
	u64 *reason = ipi_reason();

	if (reason)
		*reason = text;
	return 0;
}

static __always_inline int handle_device_entry(u32 irq, const struct irqaction *action)
{
	struct start *start = bpf_map_lookup_elem(&device_starts, &irq);
	u32 class = is_ipi_handler(action) ? CLASS_IPI : CLASS_DEVICE;

	if (class == CLASS_IPI)
		handle_ipi_reason(0); /* that of another one */
	if (start)
		enter(start, class);
	return 0;
}

static __always_inline int handle_device_exit(void *ctx, u32 irq, const struct irqaction *action)
{
	struct start *start = bpf_map_lookup_elem(&device_starts, &irq);
	u32 class = is_ipi_handler(action) ? CLASS_IPI : CLASS_DEVICE;
	u64 self_ns = 0, *reason, name = (u64)action;

	if (!start) {
		if (wanted_classes & 1 << class && !is_filtered_out())
			__sync_fetch_and_add(&table_full, 1);
		return 0;
	}
	if (!leave(start, class, &self_ns))
		return 0;
	if (class == CLASS_IPI) {
		reason = ipi_reason();
		name = reason ? *reason : 0;
	}
	charge(ctx, class, irq, name, self_ns);
	return 0;
}

static __always_inline int handle_vector_entry(u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&vector_starts, &vector);

	if (start)
		enter(start, CLASS_VECTOR);
	return 0;
}

static __always_inline int handle_vector_exit(void *ctx, u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&vector_starts, &vector);
	u64 self_ns = 0;

	if (!start)
		__sync_fetch_and_add(&table_full, 1);
	else if (leave(start, CLASS_VECTOR, &self_ns))
		charge(ctx, CLASS_VECTOR, vector, 0, self_ns);
	return 0;
}

static __always_inline int handle_softirq_entry(u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&softirq_starts, &vector);

	if (!start)
		return 0;
	if (preempt_rt)
		start->task = bpf_get_current_task();
	enter(start, CLASS_SOFTIRQ);
	return 0;
}

static __always_inline int handle_softirq_exit(void *ctx, u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&softirq_starts, &vector);
	u64 self_ns = 0;

	if (!start) {
		__sync_fetch_and_add(&table_full, 1);
		return 0;
	}
	if (leave(start, CLASS_SOFTIRQ, &self_ns))
		charge(ctx, CLASS_SOFTIRQ, vector, 0, self_ns);
	return 0;
}

/* The kernel measures each registered handler itself, and tells when it has returned. */
static __always_inline int handle_nmi(void *ctx, s64 duration_ns)
{
	struct interrupt_times *times = cpu_interrupt_times();
	u64 self_ns = duration_ns > 0 ? duration_ns : 0;

	if (times)
		times->nmi_ns += self_ns;
	if (wanted_classes & 1 << CLASS_NMI && !is_filtered_out())
		charge(ctx, CLASS_NMI, 0, 0, self_ns);
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(victim_device_entry_tp_btf, int irq, struct irqaction *action)
{
	return handle_device_entry(irq, action);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(victim_device_exit_tp_btf, int irq, struct irqaction *action)
{
	return handle_device_exit(ctx, irq, action);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(victim_softirq_entry_tp_btf, unsigned int vec_nr)
{
	return handle_softirq_entry(vec_nr);
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(victim_softirq_exit_tp_btf, unsigned int vec_nr)
{
	return handle_softirq_exit(ctx, vec_nr);
}

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(victim_device_entry_raw_tp, int irq, struct irqaction *action)
{
	return handle_device_entry(irq, action);
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(victim_device_exit_raw_tp, int irq, struct irqaction *action)
{
	return handle_device_exit(ctx, irq, action);
}

SEC("raw_tp/softirq_entry")
int BPF_PROG(victim_softirq_entry_raw_tp, unsigned int vec_nr)
{
	return handle_softirq_entry(vec_nr);
}

SEC("raw_tp/softirq_exit")
int BPF_PROG(victim_softirq_exit_raw_tp, unsigned int vec_nr)
{
	return handle_softirq_exit(ctx, vec_nr);
}

/* Their tracepoints have one shape or one argument that is no pointer to follow: raw ones do for every kernel. */

SEC("raw_tp")
int BPF_PROG(victim_vector_entry_raw_tp, int vector)
{
	return handle_vector_entry(vector);
}

SEC("raw_tp")
int BPF_PROG(victim_vector_exit_raw_tp, int vector)
{
	return handle_vector_exit(ctx, vector);
}

SEC("raw_tp/nmi_handler")
int BPF_PROG(victim_nmi_raw_tp, void *handler, s64 delta_ns)
{
	return handle_nmi(ctx, delta_ns);
}

SEC("raw_tp/ipi_entry")
int BPF_PROG(victim_ipi_reason_raw_tp, u64 reason)
{
	return handle_ipi_reason(reason);
}

char LICENSE[] SEC("license") = "GPL";
