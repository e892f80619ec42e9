// SPDX-License-Identifier: GPL-2.0
/* Counts and times the handlers of device interrupts per CPU, irq and action, from the tracepoints
 * irq:irq_handler_entry and irq:irq_handler_exit.
 *
 * An action is told from others by its address, name pointer and dev_id together with its irq, because the kernel
 * hands the address of a freed irqaction to the next request_irq(). Each such identity has a row and keeps it. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "nesting.bpf.h"

/* include/linux/irqreturn.h */
#define IRQ_NONE 0
#define IRQ_WAKE_THREAD 2
/* include/linux/interrupt.h */
#define IRQF_PERCPU 0x400

#define NAME_SIZE 64
#define MAX_FOLLOWERS 16

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

/* What user space prints of a row; a bank each, like the counters. */
struct label {
	char name[NAME_SIZE];
	u32 epoch;
	u32 followers; /* actions after this one on its line: tells the position on a shared line */
};
_Static_assert(sizeof(struct label) == 72, "struct label");

struct row {
	struct label labels[2];
	u32 irq;
	u32 used; /* 0, or one of those below */
};
_Static_assert(sizeof(struct row) == 152, "struct row");

#define USED 1
#define USED_BY_IPI 2 /* by what arm64's CPUs send each other: handlers of hidden irqs, and no device's */

struct identity {
	u64 action;
	u64 name;
	u64 dev_id;
	u32 irq;
	u32 padding;
};
_Static_assert(sizeof(struct identity) == 32, "struct identity");

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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct row);
} rows SEC(".maps");

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

struct taken {
	u64 banks[2]; /* ns */
};
_Static_assert(sizeof(struct taken) == 16, "struct taken");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct taken);
} taken_times SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct identity);
	__type(value, u32); /* slot */
} slots SEC(".maps");

/* Slots without a row, filled by user space: a queue hands out each number once without the value-returning atomics
 * that kernels before 5.12 lack. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, u32);
} free_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, u32);
} free_percpu_slots SEC(".maps");

/* Slots below this belong to per-CPU actions and to percpu_histograms. */
const volatile u32 percpu_slots;
const volatile bool histograms_per_cpu;

static __always_inline u32 count_followers(const struct irqaction *action)
{
	u32 followers;

	for (followers = 0; followers < MAX_FOLLOWERS; followers++) {
		action = BPF_CORE_READ(action, next);
		if (!action)
			break;
	}
	return followers;
}

/* Drivers may rewrite a name in place, so it is read again in each epoch. Several CPUs may do so at once: they write
 * the same bytes. */
static __noinline int read_label(u32 slot, u32 now_epoch, const struct irqaction *action)
{
	struct row *row = bpf_map_lookup_elem(&rows, &slot);
	struct label *label;

	if (!row)
		return 0;
	label = &row->labels[now_epoch & 1];
	if (label->epoch == now_epoch)
		return 0;
	bpf_probe_read_kernel_str(label->name, sizeof(label->name), BPF_CORE_READ(action, name));
	label->followers = count_followers(action);
	label->epoch = now_epoch;
	return 0;
}

static __always_inline bool is_per_cpu(const struct irqaction *action)
{
	return BPF_CORE_READ(action, flags) & IRQF_PERCPU;
}

static __always_inline bool is_ipi(const struct irqaction *action)
{
	char name[4] = {};

	if (!is_per_cpu(action))
		return false;
	/* One byte longer, so that it is the whole name. */
	bpf_probe_read_kernel(name, sizeof(name), BPF_CORE_READ(action, name));
	return name[0] == 'I' && name[1] == 'P' && name[2] == 'I' && !name[3];
}

/* A slot for the action's row; says whether there is one. A per-CPU action takes a shared slot when its own are gone:
 * slow and right. */
static __always_inline bool take_slot(const struct irqaction *action, u32 *slot)
{
	if (percpu_slots && is_per_cpu(action) && bpf_map_pop_elem(&free_percpu_slots, slot) == 0)
		return true;
	return bpf_map_pop_elem(&free_slots, slot) == 0;
}

static __always_inline void give_slot_back(const u32 *slot)
{
	if (*slot < percpu_slots)
		bpf_map_push_elem(&free_percpu_slots, slot, 0);
	else
		bpf_map_push_elem(&free_slots, slot, 0);
}

/* Finds or makes the identity's row; says whether there is one. Two CPUs may meet a new identity at once: the one
 * that comes second to the hash gives its slot back. Accepted: if that was the last one, whoever asks meanwhile finds
 * the table full, and counts that. */
static __noinline bool find_slot(const struct identity *identity, u32 *slot)
{
	const struct irqaction *action = (const struct irqaction *)identity->action;
	u32 *known = bpf_map_lookup_elem(&slots, identity);
	struct row *row;

	if (known) {
		*slot = *known;
		return true;
	}
	if (!take_slot(action, slot))
		return false;
	row = bpf_map_lookup_elem(&rows, slot);
	if (!row)
		return false;
	row->irq = identity->irq;
	row->used = is_ipi(action) ? USED_BY_IPI : USED;
	if (bpf_map_update_elem(&slots, identity, slot, BPF_NOEXIST) == 0)
		return true;
	row->used = 0;
	give_slot_back(slot);
	known = bpf_map_lookup_elem(&slots, identity);
	if (!known)
		return false;
	*slot = *known;
	return true;
}

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

/* What is filtered out still takes time from what it interrupts. */
static __always_inline u64 start_handler(u32 irq)
{
	struct opening *opening;

	if (!exclusive)
		return bpf_ktime_get_ns();
	opening = bpf_map_lookup_elem(&openings, &irq);
	return opening ? read_opening(opening) : bpf_ktime_get_ns();
}

/* Gives the handler's end, and how much of its time was taken by others. */
static __always_inline u64 end_handler(u32 irq, u64 *others_ns)
{
	struct opening *start, end = {};

	if (!exclusive)
		return bpf_ktime_get_ns();
	start = bpf_map_lookup_elem(&openings, &irq);
	read_opening(&end);
	if (start && start->start_ns != START_NONE) {
		*others_ns = taken_ns(start, &end);
		close_hardirq(start, &end);
		start->start_ns = START_NONE;
	}
	return end.start_ns;
}

static __always_inline void add_taken(u32 slot, u32 now_epoch, u64 others_ns)
{
	struct taken *taken = bpf_map_lookup_elem(&taken_times, &slot);

	if (taken)
		taken->banks[now_epoch & 1] += others_ns;
}

static __always_inline void handle_entry(u32 irq)
{
	struct line *line = bpf_map_lookup_elem(&lines, &irq);

	if (!line)
		return; /* counted by the exit */
	if (is_filtered_out()) {
		line->start_ns = START_FILTERED;
		if (exclusive)
			start_handler(irq);
		return;
	}
	line->start_ns = start_handler(irq);
}

static __always_inline void handle_exit(u32 irq, const struct irqaction *action, u64 name, u64 dev_id, int ret)
{
	u64 others_ns = 0;
	u64 end_ns = end_handler(irq, &others_ns);
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
		add_taken(line->slot, now_epoch, others_ns);
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
