/* SPDX-License-Identifier: GPL-2.0 */
/* A start slot: what an entry leaves behind for its exit. */
#ifndef IRQTRACE_START_BPF_H
#define IRQTRACE_START_BPF_H

#include "types.bpf.h"

/* Values of a start slot that are not a time. */
#define START_NONE 0     /* no entry was seen */
#define START_FILTERED 1 /* an entry was seen, and is not to be measured */

/* The clock may step back by a few ns while the kernel updates its time base. */
static __always_inline u64 elapsed_ns(u64 start_ns, u64 end_ns)
{
	return (s64)(end_ns - start_ns) > 0 ? end_ns - start_ns : 0;
}

#endif
