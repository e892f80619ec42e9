/* SPDX-License-Identifier: MIT */
/*
 * libbpf has one print function per process, but its messages belong to the thread whose call caused them: each thread
 * keeps its own, and no lock is needed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irqtrace-shim.h"
#include "libbpf.h"

#define SMALLEST_CAPACITY 4096u
/* Sizes are given to JavaScript as signed numbers of 32 bits, header included. */
#define LARGEST_LIMIT (1u << 30)

struct capture {
	struct irqtrace_log header;
	char *messages;
	uint32_t capacity;
	uint32_t byte_limit;
	int32_t max_level;
	bool is_on;
};

static _Thread_local struct capture capture;
static libbpf_print_fn_t default_print;

static uint32_t smaller(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

static uint32_t saturating_add(uint32_t left, uint32_t right)
{
	return left > UINT32_MAX - right ? UINT32_MAX : left + right;
}

static void forget(void)
{
	free(capture.messages);
	memset(&capture, 0, sizeof(capture));
}

/* Makes room behind the messages; false where there is no memory. */
static bool reserve(uint32_t bytes)
{
	uint32_t needed = capture.header.used_bytes + bytes;
	uint32_t capacity = capture.capacity > 0 ? capture.capacity : SMALLEST_CAPACITY;
	char *messages;

	if (needed <= capture.capacity)
		return true;
	while (capacity < needed)
		capacity *= 2;
	messages = realloc(capture.messages, capacity);
	if (!messages)
		return false;
	capture.messages = messages;
	capture.capacity = capacity;
	return true;
}

/* The length of the text that a format gives, less the line's end that it closes with. */
static uint32_t text_length(const char *format, va_list values)
{
	size_t format_length = strlen(format);
	int length = vsnprintf(NULL, 0, format, values);

	if (length <= 0)
		return 0;
	return (uint32_t)length - (format_length > 0 && format[format_length - 1] == '\n');
}

static void append(enum libbpf_print_level level, const char *format, va_list values, uint32_t length)
{
	uint32_t limit = level == LIBBPF_DEBUG ? capture.byte_limit / 4 * 3 : capture.byte_limit;
	uint32_t room = limit - smaller(capture.header.used_bytes, limit);
	uint32_t kept = 0;
	char *message;

	/* The level's digit, one character and the NUL are the least that is worth keeping. */
	if (room >= 3 && reserve(smaller(length, room - 2) + 2)) {
		kept = smaller(length, room - 2);
		message = capture.messages + capture.header.used_bytes;
		message[0] = (char)('0' + level);
		vsnprintf(message + 1, kept + 1, format, values);
		message[1 + kept] = '\0';
		capture.header.used_bytes += kept + 2;
		capture.header.messages++;
		if (kept == length)
			return;
	}
	capture.header.lost_messages = saturating_add(capture.header.lost_messages, 1);
	capture.header.lost_bytes = saturating_add(capture.header.lost_bytes, length - kept);
}

static int print(enum libbpf_print_level level, const char *format, va_list values)
{
	/* libbpf reports failures through errno and prints on the way. */
	int saved_errno = errno;
	va_list copy;

	if (!capture.is_on) {
		default_print(level, format, values);
	} else if ((int32_t)level <= capture.max_level) {
		va_copy(copy, values);
		append(level, format, values, text_length(format, copy));
		va_end(copy);
	}
	errno = saved_errno;
	return 0;
}

/* When the file is opened, so that no call of any thread can come before it. */
__attribute__((constructor)) static void install(void)
{
	default_print = libbpf_set_print(print);
}

uint32_t irqtrace_shim_version(void)
{
	return IRQTRACE_SHIM_VERSION;
}

void irqtrace_log_start(uint32_t byte_limit, int32_t max_level)
{
	forget();
	capture.byte_limit = smaller(byte_limit, LARGEST_LIMIT);
	capture.max_level = max_level;
	capture.is_on = true;
}

uint32_t irqtrace_log_stop(void)
{
	const struct irqtrace_log *header = &capture.header;

	capture.is_on = false;
	if (header->messages == 0 && header->lost_messages == 0)
		return 0;
	return (uint32_t)sizeof(*header) + header->used_bytes;
}

int32_t irqtrace_log_read(void *out, uint32_t out_size)
{
	uint32_t size = (uint32_t)sizeof(capture.header) + capture.header.used_bytes;

	if (!out || out_size < size)
		return -EINVAL;
	memcpy(out, &capture.header, sizeof(capture.header));
	if (capture.header.used_bytes > 0)
		memcpy((char *)out + sizeof(capture.header), capture.messages, capture.header.used_bytes);
	forget();
	return (int32_t)size;
}
