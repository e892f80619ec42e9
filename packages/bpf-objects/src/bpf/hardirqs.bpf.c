// SPDX-License-Identifier: GPL-2.0
/* Counts and times the handlers of device interrupts per CPU, irq and action, from the tracepoints
 * irq:irq_handler_entry and irq:irq_handler_exit. What is kept of an action is in the slot of its row, which
 * action-rows.bpf.h finds. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "nesting.bpf.h"
#include "action-rows.bpf.h"

/* include/linux/irqreturn.h */
#define IRQ_NONE 0
#define IRQ_WAKE_THREAD 2

struct bank {
	struct times times;
	u64 unhandled;
	u64 wake_thread;
};
_Static_assert(sizeof(struct bank) == 56, "struct bank");

struct cell {
	u64 writing;
	struct bank banks[2];
};
_Static_assert(sizeof(struct cell) == 120, "struct cell");

/* A CPU's view of an irq: the open handler's start, and the row of the action that ran last, so that the hash is
 * asked only when the action changes. */
struct line {
	u64 start_ns;
	u64 action;
	u64 name;
	u64 dev_id;
	u32 slot;
	u32 padding;
};
_Static_assert(sizeof(struct line) == 40, "struct line");

/* Entries are set from the machine before load. */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* irq */
	__type(value, struct line);
} lines SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct cell);
} cells SEC(".maps");

/* Shared by all CPUs; user space makes it per CPU when it wants a row per CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct histogram);
} histograms SEC(".maps");

/* Of actions that every CPU runs at once (arm64's timer), where a shared histogram would bounce between CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct histogram);
} percpu_histograms SEC(".maps");

/* With exclusive times: how things stood when an irq's handler started, and the time that was taken from the handlers
 * of each row. Maps of their own, so that they take no memory without. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* irq */
	__type(value, struct opening);
} openings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct taken);
} taken_times SEC(".maps");

const volatile bool histograms_per_cpu;

/* Fills line->slot for the action that is running now; says whether it has a row. */
static __always_inline bool update_line(struct line *line, u32 irq, const struct irqaction *action, u64 name,
					u64 dev_id)
{
	struct identity identity = {};
	u32 slot;

	if (line->action == (u64)action && line->name == name && line->dev_id == dev_id)
		return true;
	identity.action = (u64)action;
	identity.name = name;
	identity.dev_id = dev_id;
	identity.irq = irq;
	if (!find_slot(&identity, &slot))
		return false; /* the line keeps the action it had, whole */
	line->slot = slot;
	line->action = (u64)action;
	line->name = name;
	line->dev_id = dev_id;
	return true;
}

static __always_inline void add_return_value(struct bank *bank, int ret)
{
	if (ret == IRQ_NONE)
		bank->unhandled++;
	else if (ret & IRQ_WAKE_THREAD)
		bank->wake_thread++;
}

static __always_inline void add_to_row_histogram(u32 slot, u32 now_epoch, u64 duration_ns)
{
	const bool percpu_action = slot < percpu_slots;
	struct histogram *histogram = percpu_action ? bpf_map_lookup_elem(&percpu_histograms, &slot) :
						      bpf_map_lookup_elem(&histograms, &slot);

	if (histogram)
		add_to_histogram(histogram, now_epoch, duration_ns, !percpu_action && !histograms_per_cpu);
}

static __always_inline void handle_entry(u32 irq)
{
	struct line *line = bpf_map_lookup_elem(&lines, &irq);

	if (!line)
		return; /* counted by the exit */
	if (is_filtered_out()) {
		line->start_ns = START_FILTERED;
		if (exclusive)
			start_handler(&openings, &irq);
		return;
	}
	line->start_ns = start_handler(&openings, &irq);
}

static __always_inline void handle_exit(u32 irq, const struct irqaction *action, u64 name, u64 dev_id, int ret)
{
	u64 others_ns = 0;
	u64 end_ns = end_handler(&openings, &irq, &others_ns);
	struct line *line = bpf_map_lookup_elem(&lines, &irq);
	u64 start_ns, duration_ns;
	struct bank *bank;
	struct cell *cell;
	u32 now_epoch;

	if (!line) {
		/* There was no room for what the entry decided. */
		if (!is_filtered_out())
			__sync_fetch_and_add(&table_full, 1);
		return;
	}
	start_ns = line->start_ns;
	line->start_ns = START_NONE;
	if (start_ns <= START_FILTERED) {
		if (start_ns == START_NONE)
			__sync_fetch_and_add(&unmatched, 1);
		return;
	}
	cell = update_line(line, irq, action, name, dev_id) ? bpf_map_lookup_elem(&cells, &line->slot) : NULL;
	if (!cell) {
		__sync_fetch_and_add(&table_full, 1);
		return;
	}
	duration_ns = elapsed_ns(start_ns, end_ns);

	begin_writing(&cell->writing, false);
	now_epoch = epoch;
	bank = &cell->banks[now_epoch & 1];
	if (enter_epoch(&bank->times, now_epoch))
		read_label(line->slot, now_epoch, action);
	add_duration(&bank->times, duration_ns, false);
	add_return_value(bank, ret);
	add_to_row_histogram(line->slot, now_epoch, duration_ns);
	if (exclusive)
		add_taken(&taken_times, &line->slot, now_epoch, others_ns);
	end_writing(&cell->writing, false);
}

/* Counts alone: no entry, no clock. */
static __always_inline void handle_count(u32 irq, const struct irqaction *action, u64 name, u64 dev_id, int ret)
{
	struct line *line = bpf_map_lookup_elem(&lines, &irq);
	struct bank *bank;
	struct cell *cell;
	u32 now_epoch;

	if (is_filtered_out())
		return;
	cell = line && update_line(line, irq, action, name, dev_id) ? bpf_map_lookup_elem(&cells, &line->slot) : NULL;
	if (!cell) {
		__sync_fetch_and_add(&table_full, 1);
		return;
	}
	begin_writing(&cell->writing, false);
	now_epoch = epoch;
	bank = &cell->banks[now_epoch & 1];
	if (enter_epoch(&bank->times, now_epoch))
		read_label(line->slot, now_epoch, action);
	bank->times.count++;
	add_return_value(bank, ret);
	end_writing(&cell->writing, false);
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(hardirq_entry_tp_btf, int irq, struct irqaction *action)
{
	handle_entry(irq);
	return 0;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(hardirq_exit_tp_btf, int irq, struct irqaction *action, int ret)
{
	handle_exit(irq, action, (u64)action->name, (u64)action->dev_id, ret);
	return 0;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(hardirq_count_tp_btf, int irq, struct irqaction *action, int ret)
{
	handle_count(irq, action, (u64)action->name, (u64)action->dev_id, ret);
	return 0;
}

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(hardirq_entry_raw_tp, int irq, struct irqaction *action)
{
	handle_entry(irq);
	return 0;
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(hardirq_exit_raw_tp, int irq, struct irqaction *action, int ret)
{
	handle_exit(irq, action, (u64)BPF_CORE_READ(action, name), (u64)BPF_CORE_READ(action, dev_id), ret);
	return 0;
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(hardirq_count_raw_tp, int irq, struct irqaction *action, int ret)
{
	handle_count(irq, action, (u64)BPF_CORE_READ(action, name), (u64)BPF_CORE_READ(action, dev_id), ret);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
