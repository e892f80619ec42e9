/* SPDX-License-Identifier: GPL-2.0 */
/* Which slot an identity has, and which slots nobody has. Include it below `struct identity`. */
#ifndef IRQTRACE_SLOTS_BPF_H
#define IRQTRACE_SLOTS_BPF_H

#include "types.bpf.h"

/* Entries are set before load. */

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

/* Says whether the identity has a slot. */
static __always_inline bool find_known(const struct identity *identity, u32 *slot)
{
	u32 *known = bpf_map_lookup_elem(&slots, identity);

	if (!known)
		return false;
	*slot = *known;
	return true;
}

/* Says whether the slot has become the identity's. Two CPUs may meet a new identity at once: the one that comes second
 * must give its slot back, and finds the other's. */
static __always_inline bool become_known(const struct identity *identity, const u32 *slot)
{
	return bpf_map_update_elem(&slots, identity, slot, BPF_NOEXIST) == 0;
}

#endif
