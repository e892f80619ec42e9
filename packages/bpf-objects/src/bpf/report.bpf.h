/* SPDX-License-Identifier: GPL-2.0 */
/* How what took long is reported: through a ring buffer, as far as a limit per CPU allows. The limit comes before
 * anything else is done for an event, so that no storm and no low threshold can take a CPU.
 *
 * Every event of a measured source that reaches the threshold is in exactly one of three numbers: the records, those
 * that the limit suppressed, and those that the buffer refused.
 *
 * Nothing here waits for user space. If it stands still the buffer fills up and refuses; if it dies, its links and with
 * them these programs go. */
#ifndef IRQTRACE_REPORT_BPF_H
#define IRQTRACE_REPORT_BPF_H

#include "types.bpf.h"

#define NAME_SIZE 64
#define COMM_SIZE 16  /* TASK_COMM_LEN */
#define MAX_FRAMES 127 /* PERF_MAX_STACK_DEPTH */
#define WINDOW_NS 100000000ULL
#define SHORT_NS 1024ULL /* with a lower threshold, what is not told apart by length */
#define LIMIT_STEPS 8

struct event {
	u64 boot_ns; /* CLOCK_BOOTTIME at the end of what was measured */
	u64 duration_ns;
	u64 cgroup_id;
	u64 address; /* of an NMI's handler, else 0 */
	u32 cpu;
	u32 class;
	u32 number; /* irq or vector, else 0 */
	u32 pid;
	u32 tid;
	s32 stack_bytes; /* of the frames that follow, innermost first; an error where it is negative */
	char comm[COMM_SIZE];
	char name[NAME_SIZE]; /* of an action or IPI, else empty */
};
_Static_assert(sizeof(struct event) == 136, "struct event");

struct event_with_stack {
	struct event event;
	u64 frames[MAX_FRAMES];
};
_Static_assert(sizeof(struct event_with_stack) == 136 + 8 * MAX_FRAMES, "struct event_with_stack");

/* Never used: tells user space, through BTF, what a record looks like. */
struct event record;

/* Bytes are set before load. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

/* What a CPU may report, and what it did not. Atomic, because an NMI can come between the load and the store of a
 * device handler's program, and both of a softirq's. */
struct account {
	u64 window_ns; /* start of the window that `used` counts in */
	u64 used;
	u64 suppressed;     /* by the limit */
	u64 refused;        /* by the buffer: it is full, or in an NMI its lock is taken */
	u64 unmatched;      /* exits without an entry of their own */
	u64 unmatched_runs; /* softirqs that ran without a raise that is remembered */
};
_Static_assert(sizeof(struct account) == 48, "struct account");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct account);
} accounts SEC(".maps");

const volatile u64 threshold_ns;
const volatile u64 window_limit; /* events of a CPU in WINDOW_NS */
const volatile bool with_stack;

static __always_inline struct account *find_account(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&accounts, &zero);
}

static __always_inline void count_unmatched(void)
{
	struct account *account = find_account();

	if (account)
		__sync_fetch_and_add(&account->unmatched, 1);
}

/* Whoever takes twice as long may use half of what the others leave of the limit: a flood of short events must not hide
 * a long one. */
static __always_inline u64 limit_of(u64 duration_ns)
{
	u64 step_ns = threshold_ns > SHORT_NS ? threshold_ns : SHORT_NS;
	u64 kept_free = window_limit >> 1;
	u32 step;

#pragma unroll
	for (step = 0; step < LIMIT_STEPS; step++) {
		step_ns <<= 1;
		if (duration_ns >= step_ns)
			kept_free >>= 1;
	}
	return window_limit - kept_free;
}

/* Whether this CPU may report one more. Whoever interrupts this in between may start the same window too, or see a count
 * that is about to be cleared: accepted, a window then lets through one or two more. An interrupted program has the
 * older time; signed, because it must not take the newer window for one that has passed. */
static __always_inline bool may_report(struct account *account, u64 duration_ns, u64 now_ns)
{
	if ((s64)(now_ns - account->window_ns) >= (s64)WINDOW_NS) {
		account->window_ns = now_ns;
		account->used = 0;
	}
	if (account->used >= limit_of(duration_ns)) {
		__sync_fetch_and_add(&account->suppressed, 1);
		return false;
	}
	__sync_fetch_and_add(&account->used, 1);
	return true;
}

struct source {
	u32 class;
	u32 number;
	u64 address;
	const char *name;
};

static __always_inline void fill(struct event *event, const struct source *source, u64 duration_ns)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();

	event->boot_ns = bpf_ktime_get_boot_ns();
	event->duration_ns = duration_ns;
	event->cgroup_id = bpf_get_current_cgroup_id();
	event->address = source->address;
	event->cpu = bpf_get_smp_processor_id();
	event->class = source->class;
	event->number = source->number;
	event->pid = pid_tgid >> 32;
	event->tid = (u32)pid_tgid;
	event->stack_bytes = 0;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	event->name[0] = 0;
	if (source->name)
		bpf_probe_read_kernel_str(event->name, sizeof(event->name), source->name);
}

/* Nothing is woken up: that would be one more interrupt for each record. User space looks from time to time. */
static __always_inline void report(void *context, const struct source *source, u64 duration_ns, u64 now_ns)
{
	struct account *account = find_account();

	if (!account || !may_report(account, duration_ns, now_ns))
		return;
	if (with_stack) {
		struct event_with_stack *full = bpf_ringbuf_reserve(&events, sizeof(*full), 0);

		if (!full) {
			__sync_fetch_and_add(&account->refused, 1);
			return;
		}
		fill(&full->event, source, duration_ns);
		full->event.stack_bytes = bpf_get_stack(context, full->frames, sizeof(full->frames), 0);
		bpf_ringbuf_submit(full, BPF_RB_NO_WAKEUP);
	} else {
		struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

		if (!event) {
			__sync_fetch_and_add(&account->refused, 1);
			return;
		}
		fill(event, source, duration_ns);
		bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	}
}

#endif
