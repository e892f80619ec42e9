/* SPDX-License-Identifier: MIT */
/*
 * The reader's half of the BPF ring buffer (kernel/bpf/ringbuf.c): the kernel publishes a record by clearing BUSY in its
 * header, and the producer's position by a store that releases; both are loaded here with acquire, which JavaScript's
 * plain loads do not promise on arm64.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "irqtrace-shim.h"

#define BUSY_BIT (1u << 31)
#define DISCARD_BIT (1u << 30)
#define HEADER_SIZE 8u

struct ring {
	const uint64_t *consumer;
	const uint64_t *producer;
	const uint8_t *data;
	uint32_t data_size;
};

struct record {
	uint32_t length;
	uint32_t taken; /* with its header, up to where the next one begins */
	bool is_discarded;
};

enum found { NOTHING, RECORD, UNFINISHED, DAMAGE };

static uint64_t round_up_8(uint64_t size)
{
	return (size + 7) & ~7ull;
}

static bool can_be_read(const struct ring *ring)
{
	uintptr_t addresses = (uintptr_t)ring->consumer | (uintptr_t)ring->producer | (uintptr_t)ring->data;

	if (!ring->consumer || !ring->producer || !ring->data || addresses % HEADER_SIZE != 0)
		return false;
	return ring->data_size >= HEADER_SIZE && (ring->data_size & (ring->data_size - 1)) == 0;
}

/* Looks at the record at read_to. Whoever can write to the positions or the data must not lead it out of the ring. */
static enum found look(const struct ring *ring, uint64_t read_to, uint64_t produced_to, struct record *record)
{
	uint64_t available = produced_to - read_to;
	uint64_t taken;
	uint32_t header;

	if (available == 0)
		return NOTHING;
	if (available > ring->data_size || (read_to | produced_to) % HEADER_SIZE != 0)
		return DAMAGE;
	header = __atomic_load_n((const uint32_t *)(ring->data + (read_to & (ring->data_size - 1))), __ATOMIC_ACQUIRE);
	if (header & BUSY_BIT)
		return UNFINISHED;
	record->length = header & ~DISCARD_BIT;
	taken = HEADER_SIZE + round_up_8(record->length);
	if (taken > available)
		return DAMAGE;
	record->taken = (uint32_t)taken;
	record->is_discarded = header & DISCARD_BIT;
	return RECORD;
}

/* The bytes at a position, of which some may lie beyond the end and so at the start. */
static void copy_from_ring(uint8_t *to, const struct ring *ring, uint64_t position, uint32_t size)
{
	uint32_t offset = (uint32_t)(position & (ring->data_size - 1));
	uint32_t until_end = ring->data_size - offset;
	uint32_t first = size < until_end ? size : until_end;

	memcpy(to, ring->data + offset, first);
	memcpy(to + first, ring->data, size - first);
}

static void write_record(uint8_t *out, const struct ring *ring, uint64_t position, const struct record *record)
{
	const uint32_t header[2] = {record->length, 0};

	memcpy(out, header, HEADER_SIZE);
	copy_from_ring(out + HEADER_SIZE, ring, position + HEADER_SIZE, record->length);
	memset(out + HEADER_SIZE + record->length, 0, record->taken - HEADER_SIZE - record->length);
}

int32_t irqtrace_ring_ready(const void *consumer, const void *producer, const void *data, uint32_t data_size)
{
	const struct ring ring = {consumer, producer, data, data_size};
	struct record record;
	uint64_t start, read_to, produced_to;
	enum found found;

	if (!can_be_read(&ring))
		return -EINVAL;
	start = __atomic_load_n(ring.consumer, __ATOMIC_RELAXED);
	read_to = start;
	produced_to = __atomic_load_n(ring.producer, __ATOMIC_ACQUIRE);
	while ((found = look(&ring, read_to, produced_to, &record)) == RECORD) {
		if (read_to - start + record.taken > INT32_MAX)
			break;
		read_to += record.taken;
	}
	if (found == DAMAGE && read_to == start)
		return -EBADMSG;
	return (int32_t)(read_to - start);
}

void irqtrace_ring_release(void *consumer, uint64_t position)
{
	__atomic_store_n((uint64_t *)consumer, position, __ATOMIC_RELEASE);
}

int32_t irqtrace_ring_drain(void *consumer, const void *producer, const void *data, uint32_t data_size, void *out,
			    uint32_t out_size, struct irqtrace_ring_status *status)
{
	const struct ring ring = {consumer, producer, data, data_size};
	struct record record;
	uint64_t read_to, produced_to;
	uint32_t written = 0;
	enum found found;

	if (!can_be_read(&ring) || !out || !status || out_size > INT32_MAX)
		return -EINVAL;
	*status = (struct irqtrace_ring_status){IRQTRACE_RING_EMPTY, 0};
	read_to = __atomic_load_n(ring.consumer, __ATOMIC_RELAXED);
	/* Records that come meanwhile wait for the next call: a fast producer must not keep a reader here. */
	produced_to = __atomic_load_n(ring.producer, __ATOMIC_ACQUIRE);

	while ((found = look(&ring, read_to, produced_to, &record)) == RECORD) {
		if (!record.is_discarded && record.taken > out_size - written) {
			*status = (struct irqtrace_ring_status){IRQTRACE_RING_MORE, record.taken};
			break;
		}
		if (!record.is_discarded) {
			write_record((uint8_t *)out + written, &ring, read_to, &record);
			written += record.taken;
		}
		read_to += record.taken;
		irqtrace_ring_release(consumer, read_to);
	}
	if (found == UNFINISHED)
		status->state = IRQTRACE_RING_BUSY;
	if (found == DAMAGE) {
		if (written == 0)
			return -EBADMSG;
		status->state = IRQTRACE_RING_MORE;
	}
	return (int32_t)written;
}
