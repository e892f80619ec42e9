/* SPDX-License-Identifier: MIT */
/*
 * Opens a libbpf.so as a process does that was not linked with it, and uses what it is made of: libbpf and libelf by
 * opening an object, the shim by capturing what libbpf says and by draining a ring.
 *
 *   smoke-test libbpf.so object.bpf.o
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *library;

static void *function(const char *name)
{
	void *found = dlsym(library, name);

	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return found;
}

static void expect(int is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "not so: %s\n", what);
	exit(1);
}

static void open_object(const char *path)
{
	void *(*open_file)(const char *, const void *) = function("bpf_object__open_file");
	void *(*next_program)(void *, void *) = function("bpf_object__next_program");
	const char *(*section_name)(void *) = function("bpf_program__section_name");
	void (*close_object)(void *) = function("bpf_object__close");
	void *object = open_file(path, NULL);
	void *program;

	expect(object != NULL, "the object can be opened");
	program = next_program(object, NULL);
	expect(program && strlen(section_name(program)) > 0, "the object has a program");
	close_object(object);
}

static void capture_log(void)
{
	void *(*open_file)(const char *, const void *) = function("bpf_object__open_file");
	void (*start)(uint32_t, int32_t) = function("irqtrace_log_start");
	uint32_t (*stop)(void) = function("irqtrace_log_stop");
	int32_t (*read_log)(void *, uint32_t) = function("irqtrace_log_read");
	static char log[256];

	start(sizeof(log), 0);
	expect(open_file("no/such.bpf.o", NULL) == NULL, "a missing file cannot be opened");
	expect(stop() > 16 && read_log(log, sizeof(log)) > 16, "something is captured");
	expect(strstr(log + 16, "no/such.bpf.o") != NULL, "libbpf's warning is captured");
}

static void drain_ring(void)
{
	int32_t (*drain)(void *, const void *, const void *, uint32_t, void *, uint32_t, void *) =
		function("irqtrace_ring_drain");
	static uint64_t consumer, producer = 24, data[8], out[8], status;

	data[0] = 9;
	data[1] = 0x0807060504030201;
	data[2] = 9;
	expect(drain(&consumer, &producer, data, sizeof(data), out, sizeof(out), &status) == 24, "a record is drained");
	expect(out[0] == 9 && out[1] == data[1] && out[2] == 9 && consumer == 24, "the record is whole");
}

int main(int count, char **arguments)
{
	const char *(*version)(void);

	expect(count == 3, "there are two arguments");
	library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	version = function("libbpf_version_string");
	open_object(arguments[2]);
	capture_log();
	drain_ring();
	printf("libbpf %s works\n", version());
	return 0;
}
