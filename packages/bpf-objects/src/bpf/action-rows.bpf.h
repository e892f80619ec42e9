/* SPDX-License-Identifier: GPL-2.0 */
/* Which row the handler of a device interrupt has.
 *
 * An action is told from others by its address, name pointer and dev_id together with its irq, because the kernel
 * hands the address of a freed irqaction to the next request_irq(). Each such identity has a row and keeps it. What
 * CPUs send each other on arm64 has one row for all, which nobody reads: with GICv5 there can be thousands of such
 * actions, and they must not take the devices' rows. */
#ifndef IRQTRACE_ACTION_ROWS_BPF_H
#define IRQTRACE_ACTION_ROWS_BPF_H

#include "types.bpf.h"
#include "ipi-handler.bpf.h"

#define NAME_SIZE 64
#define MAX_FOLLOWERS 16
#define IRQF_PERCPU 0x400 /* include/linux/interrupt.h */

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

#include "slots.bpf.h"

/* Entries are set from the machine before load. */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* slot */
	__type(value, struct row);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, u32);
} free_percpu_slots SEC(".maps");

/* Slots below this belong to per-CPU actions and to percpu_histograms. */
const volatile u32 percpu_slots;

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

/* A slot for a row; says whether there is one. A per-CPU action takes a shared slot when its own are gone: slow and
 * right. */
static __always_inline bool take_slot(bool per_cpu, u32 *slot)
{
	if (percpu_slots && per_cpu && bpf_map_pop_elem(&free_percpu_slots, slot) == 0)
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

/* Finds or makes the identity's row; says whether there is one. Accepted: if a slot that comes back was the last one,
 * whoever asks meanwhile finds the table full, and counts that. */
static __noinline bool find_slot(const struct identity *asked, u32 *slot)
{
	const struct irqaction *action = (const struct irqaction *)asked->action;
	const struct identity *identity = asked;
	const struct identity of_ipis = {};
	struct row *row;
	bool is_ipi;

	if (find_known(asked, slot))
		return true;
	is_ipi = is_ipi_handler(action);
	if (is_ipi) {
		identity = &of_ipis;
		if (find_known(identity, slot))
			return true;
	}
	if (!take_slot(is_ipi || is_per_cpu(action), slot))
		return false;
	row = bpf_map_lookup_elem(&rows, slot);
	if (!row)
		return false;
	row->irq = identity->irq;
	row->used = is_ipi ? USED_BY_IPI : USED;
	if (become_known(identity, slot))
		return true;
	row->used = 0;
	give_slot_back(slot);
	return find_known(identity, slot);
}

#endif
