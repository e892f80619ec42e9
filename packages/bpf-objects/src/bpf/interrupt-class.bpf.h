/* SPDX-License-Identifier: GPL-2.0 */
/* The classes of interrupts, in the order of INTERRUPT_CLASSES in user space, and how many of a class there can be. */
#ifndef IRQTRACE_INTERRUPT_CLASS_BPF_H
#define IRQTRACE_INTERRUPT_CLASS_BPF_H

enum interrupt_class { CLASS_DEVICE, CLASS_VECTOR, CLASS_IPI, CLASS_NMI, CLASS_SOFTIRQ, CLASSES };

#define VECTORS 256 /* of the interrupt descriptor table, arch/x86/include/asm/irq_vectors.h */
#define SOFTIRQS 10 /* NR_SOFTIRQS, include/linux/interrupt.h */

#endif
