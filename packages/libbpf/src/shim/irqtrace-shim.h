/* SPDX-License-Identifier: MIT */
/*
 * What irqtrace adds to the libbpf.so that it ships: what JavaScript cannot do by itself for want of calls from C into
 * JavaScript on any thread (log) and of loads that acquire and stores that release (ring).
 */
#ifndef IRQTRACE_SHIM_H
#define IRQTRACE_SHIM_H

#include <stdint.h>

#define IRQTRACE_API __attribute__((visibility("default")))

/* Raised whenever a function below changes its meaning. */
#define IRQTRACE_SHIM_VERSION 1

IRQTRACE_API uint32_t irqtrace_shim_version(void);

/*
 * What libbpf said on a thread: this header, then the messages, each as the digit of its level (0 warning, 1 information,
 * 2 debug), its text without the line's end, and a NUL.
 */
struct irqtrace_log {
	uint32_t used_bytes;    /* of messages, after the header */
	uint32_t messages;      /* kept, whole or cut */
	uint32_t lost_messages; /* cut or left out for want of room */
	uint32_t lost_bytes;    /* of their text; stays at the largest number when it would be more */
};

/*
 * Forgets what this thread has captured, and keeps from here on what libbpf says on it: messages up to max_level, byte_limit
 * bytes of them. Debug messages may fill three quarters, so that a warning still finds room behind them. The memory is the
 * shim's own and grows with what is said: where nothing is, this costs next to nothing.
 */
IRQTRACE_API void irqtrace_log_start(uint32_t byte_limit, int32_t max_level);

/*
 * From here on this thread's messages go where libbpf sends them by itself: to standard error, debug ones nowhere. Gives the
 * bytes that irqtrace_log_read will write: 0 if nothing was said.
 */
IRQTRACE_API uint32_t irqtrace_log_stop(void);

/* Writes what was captured, header first, and forgets it. Gives the bytes; -EINVAL where `out` is too small. */
IRQTRACE_API int32_t irqtrace_log_read(void *out, uint32_t out_size);

/*
 * A BPF ring buffer as it is mapped: `consumer` and `producer` are the pages that hold the positions, `data` the data_size
 * bytes of records behind the latter (mapped once is enough, except for whoever reads records in place). One thread at a
 * time may read a ring. All functions fail with -EINVAL where an argument cannot be right, and with -EBADMSG where the
 * positions or a record's length are such as no kernel leaves.
 */

/*
 * How many bytes of finished records lie from the consumer's position on, their headers and discarded records included:
 * whatever the caller loads from them after this call is what the kernel had stored. At most 2^31 - 8.
 */
IRQTRACE_API int32_t irqtrace_ring_ready(const void *consumer, const void *producer, const void *data,
					 uint32_t data_size);

/* Gives everything before `position` back to the kernel, which may overwrite it after what the caller loaded so far. */
IRQTRACE_API void irqtrace_ring_release(void *consumer, uint64_t position);

/* Why irqtrace_ring_drain came back. */
enum irqtrace_ring_state {
	IRQTRACE_RING_EMPTY = 0, /* no record is waiting */
	IRQTRACE_RING_MORE = 1,  /* call again: there was no room for the next record, or it is damaged */
	IRQTRACE_RING_BUSY = 2,  /* the next record is still being written */
};

struct irqtrace_ring_status {
	uint32_t state;
	uint32_t needed_bytes; /* what the next record takes in `out`, where there was no room; else 0 */
};

/*
 * Moves finished records into `out`, oldest first: for each a u32 length, a u32 zero, the bytes, and zeros up to a multiple
 * of 8. Discarded records are passed over. Gives the bytes written; an error is given when nothing was.
 */
IRQTRACE_API int32_t irqtrace_ring_drain(void *consumer, const void *producer, const void *data, uint32_t data_size,
					 void *out, uint32_t out_size, struct irqtrace_ring_status *status);

#endif
