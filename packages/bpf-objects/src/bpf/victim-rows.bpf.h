/* SPDX-License-Identifier: GPL-2.0 */
/* Which row a victim has with a source of interrupts. The first slots hold what had no room, one of each class. */
#ifndef IRQTRACE_VICTIM_ROWS_BPF_H
#define IRQTRACE_VICTIM_ROWS_BPF_H

#include "types.bpf.h"
#include "interrupt-class.bpf.h"
#include "victim.bpf.h"

#define ENOENT 2 /* include/uapi/asm-generic/errno-base.h */
#define NAME_SIZE 64
#define COMM_SIZE 16

/* Before 5.11 an NMI that comes into an update of the hash could wait for itself. */
const volatile bool nmi_can_insert;

struct label {
	char name[NAME_SIZE]; /* of the source; empty where its number says all */
	char comm[COMM_SIZE]; /* of the task */
	u32 epoch;
	u32 padding;
};
_Static_assert(sizeof(struct label) == 88, "struct label");

struct row {
	struct label labels[2];
	u64 victim; /* a cgroup's id, or a CPU mode */
	u32 tid;
	u32 pid;
	u32 class;
	u32 source; /* irq or vector */
	u32 used;
	u32 kind; /* of the victim */
};
_Static_assert(sizeof(struct row) == 208, "struct row");

/* A task is its address and its tid. Accepted: the kernel may give both to a later task, which then goes on in the
 * row of the former. An action is its address and its irq, with the same consequence. */
struct identity {
	u64 victim;
	u64 name; /* address of the action, or of an IPI's reason */
	u32 tid;
	u32 class;
	u32 source;
	u32 padding;
};
_Static_assert(sizeof(struct identity) == 32, "struct identity");

#include "slots.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLASSES);
	__type(key, u32); /* slot */
	__type(value, struct row);
} rows SEC(".maps");

/* Set once there is no slot left, because asking the queue takes a lock that all CPUs share. */
volatile u32 is_full;

/* A slot that no row has; says whether there is one. */
static __always_inline bool take_slot(u32 *slot)
{
	long error;

	if (is_full)
		return false;
	error = bpf_map_pop_elem(&free_slots, slot);
	/* In an NMI the queue may be busy. */
	if (error == -ENOENT)
		is_full = 1;
	return error == 0;
}

/* Finds or makes the identity's row; says whether there is one. Accepted: if a slot that comes back was the last one,
 * whoever asks meanwhile is charged to the remainder, and from then on the table is full; and an NMI that cannot give a
 * slot back loses it. */
static __noinline bool find_slot(const struct identity *identity, u32 *slot)
{
	struct row *row;

	if (find_known(identity, slot))
		return true;
	if (identity->class == CLASS_NMI && !nmi_can_insert)
		return false;
	if (!take_slot(slot))
		return false;
	row = bpf_map_lookup_elem(&rows, slot);
	if (!row)
		return false;
	row->victim = victim_kind == BY_TASK ? 0 : identity->victim;
	row->tid = identity->tid;
	row->pid = identity->tid ? bpf_get_current_pid_tgid() >> 32 : 0;
	row->kind = victim_kind;
	row->class = identity->class;
	row->source = identity->source;
	row->used = 1;
	if (become_known(identity, slot))
		return true;
	row->used = 0;
	bpf_map_push_elem(&free_slots, slot, 0);
	return find_known(identity, slot);
}

/* Tasks change their names and drivers theirs, so they are read again in each epoch. */
static __noinline int read_label(u32 slot, u32 now_epoch, const struct identity *identity)
{
	struct row *row = bpf_map_lookup_elem(&rows, &slot);
	const char *name = (const char *)identity->name;
	struct label *label;

	if (!row)
		return 0;
	label = &row->labels[now_epoch & 1];
	if (label->epoch == now_epoch)
		return 0;
	if (victim_kind == BY_TASK)
		bpf_get_current_comm(label->comm, sizeof(label->comm));
	if (name && identity->class == CLASS_DEVICE)
		name = BPF_CORE_READ((const struct irqaction *)name, name);
	if (name)
		bpf_probe_read_kernel_str(label->name, sizeof(label->name), name);
	label->epoch = now_epoch;
	return 0;
}

/* The slot of what has no row of its own. */
static __always_inline u32 remainder_slot(u32 class)
{
	struct row *row = bpf_map_lookup_elem(&rows, &class);

	if (row && !row->used) {
		row->class = class;
		row->used = 1;
	}
	return class;
}

#endif
