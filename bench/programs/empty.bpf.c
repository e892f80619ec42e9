// SPDX-License-Identifier: GPL-2.0
/* Programs that do nothing: what a tracepoint's listeners cost at least. */
#include "pairs.bpf.h"

SEC("raw_tp/irq_handler_entry") int hardirqs_entry(void *ctx) { return 0; }
SEC("raw_tp/irq_handler_exit") int hardirqs_exit(void *ctx) { return 0; }
SEC("raw_tp/softirq_entry") int softirqs_entry(void *ctx) { return 0; }
SEC("raw_tp/softirq_exit") int softirqs_exit(void *ctx) { return 0; }
