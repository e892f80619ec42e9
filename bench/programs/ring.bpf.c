// SPDX-License-Identifier: GPL-2.0
/* Fills a ring buffer as fast as it is run; counts what found no room. */
#include "pairs.bpf.h"

#define RECORDS 1000

struct record {
	u64 sequence;
	u64 payload[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} ring SEC(".maps");

u64 sequence;
u64 refused;

SEC("raw_tp/irq_handler_entry")
int fill(void *ctx)
{
	struct record *record;
	int index;

#pragma clang loop unroll(disable)
	for (index = 0; index < RECORDS; index++) {
		record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
		if (!record) {
			refused++;
			continue;
		}
		record->sequence = sequence++;
		bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	}
	return 0;
}
