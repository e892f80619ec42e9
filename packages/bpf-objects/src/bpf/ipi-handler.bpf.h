/* SPDX-License-Identifier: GPL-2.0 */
/* What arm64's CPUs send each other runs as handlers of devices do, on irqs that /proc/interrupts hides. Such a handler
 * is told by its name (arch/arm64/kernel/smp.c), and by nothing else: up to GICv3 one irq serves all CPUs and its action
 * is per CPU, with GICv5 each kind of IPI has an ordinary irq for each CPU. */
#ifndef IRQTRACE_IPI_HANDLER_BPF_H
#define IRQTRACE_IPI_HANDLER_BPF_H

#include "types.bpf.h"

#define IPI_NAME 0x495049 /* "IPI" and the byte that ends it, read as a little-endian number */

/* Whether this is arm64. Elsewhere the name is free for a driver to use. Set before load. */
const volatile bool has_ipi_handlers;

static __always_inline bool is_ipi_name(const char *text)
{
	u32 letters = 0;

	if (!has_ipi_handlers)
		return false;
	bpf_probe_read_kernel(&letters, sizeof(letters), text);
	return letters == IPI_NAME;
}

static __always_inline bool is_ipi_handler(const struct irqaction *action)
{
	return has_ipi_handlers && is_ipi_name(BPF_CORE_READ(action, name));
}

#endif
