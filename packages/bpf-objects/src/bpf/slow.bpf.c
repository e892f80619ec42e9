// SPDX-License-Identifier: GPL-2.0
/* Reports each interrupt that took longer than a threshold, at once, through a ring buffer: device handlers
 * (irq:irq_handler_*), softirqs and their raise-to-run latency (irq:softirq_*), x86 system vectors (irq_vectors:*),
 * arm64 IPIs (ipi:*) and x86 NMI handlers (nmi:nmi_handler).
 *
 * The starts are this object's own, one per CPU and source, because entries and exits of different classes nest and an
 * exit must find its own entry. What is short costs two clock reads and a comparison; report.bpf.h has what becomes of
 * the rest. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "start.bpf.h"
#include "interrupt-class.bpf.h"
#include "ipi-handler.bpf.h"
#include "raise.bpf.h"
#include "report.bpf.h"

#define CLASS_RAISE CLASSES /* what a softirq waited: user space has it after the classes */

struct start {
	u64 start_ns;
	u64 owner; /* of an IPI the reason, of a softirq on PREEMPT_RT the task */
};
_Static_assert(sizeof(struct start) == 16, "struct start");

/* Entries are set from the machine before load. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* irq */
	__type(value, struct start);
} irqs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, VECTORS);
	__type(key, u32);
	__type(value, struct start);
} vectors SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct start);
} ipis SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQS);
	__type(key, u32);
	__type(value, struct start);
} softirqs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQS);
	__type(key, u32);
	__type(value, u64); /* ns, 0: not raised since it last ran */
} raises SEC(".maps");

/* See softirqs.bpf.c: a softirq's start belongs to a task there. */
const volatile bool preempt_rt;
/* Where handlers can be IPIs. Kernels without tracepoints of their own for these have them reported from here. */
const volatile bool reports_devices;
const volatile bool reports_ipi_handlers;

/* The entry decides what is measured: its exit must know, and another task may be current by then on PREEMPT_RT.
 *
 * There another task's softirq of the same vector can start between the two stores, or at any time after. The kernel skips
 * this program while it is preempted itself, and counts that; later the start is taken over. The exits of both then find
 * either nothing of their own, and are unmatched, or, accepted, the start of a later run of their own task: a time that is
 * too short and never one that is too long. */
static __always_inline void open_start(struct start *start, u64 owner)
{
	if (!start)
		return; /* the exit counts it */
	start->owner = owner;
	start->start_ns = is_filtered_out() ? START_FILTERED : bpf_ktime_get_ns();
}

/* Takes the start away. Says whether what it started reached the threshold, and for how long it ran. */
static __always_inline bool close_start(struct start *start, u64 owner, u64 now_ns, u64 *duration_ns)
{
	u64 start_ns = start ? start->start_ns : START_NONE;

	if (start_ns == START_NONE || start->owner != owner) {
		count_unmatched();
		return false;
	}
	start->start_ns = START_NONE;
	if (start_ns == START_FILTERED)
		return false;
	*duration_ns = elapsed_ns(start_ns, now_ns);
	return *duration_ns >= threshold_ns;
}

/* Device handlers. One that calls the handler of another irq (demultiplexers do) has a start of its own. */

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(device_entry, int irq)
{
	u32 index = irq;

	open_start(bpf_map_lookup_elem(&irqs, &index), 0);
	return 0;
}

static __always_inline void end_device(void *context, u32 irq, const char *name)
{
	u64 now_ns = bpf_ktime_get_ns();
	u64 duration_ns;
	struct source source = { .class = CLASS_DEVICE, .number = irq, .name = name };

	if (!close_start(bpf_map_lookup_elem(&irqs, &irq), 0, now_ns, &duration_ns))
		return;
	if (has_ipi_handlers) {
		if (is_ipi_name(name)) {
			if (!reports_ipi_handlers)
				return;
			source.class = CLASS_IPI;
		} else if (!reports_devices) {
			return;
		}
	}
	report(context, &source, duration_ns, now_ns);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(device_exit_tp_btf, int irq, struct irqaction *action)
{
	end_device(ctx, irq, action->name);
	return 0;
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(device_exit_raw_tp, int irq, struct irqaction *action)
{
	end_device(ctx, irq, BPF_CORE_READ(action, name));
	return 0;
}

/* System vectors: attached to the tracepoints of each that there are. */

SEC("raw_tp")
int BPF_PROG(vector_entry, int vector)
{
	u32 index = vector;

	open_start(bpf_map_lookup_elem(&vectors, &index), 0);
	return 0;
}

SEC("raw_tp")
int BPF_PROG(vector_exit, int vector)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 index = vector;
	u64 duration_ns;
	struct source source = { .class = CLASS_VECTOR, .number = index };

	if (close_start(bpf_map_lookup_elem(&vectors, &index), 0, now_ns, &duration_ns))
		report(ctx, &source, duration_ns, now_ns);
	return 0;
}

/* arm64: a pseudo-NMI can come within another IPI. It takes the start over, and the exit of the other one is unmatched. */

SEC("raw_tp/ipi_entry")
int BPF_PROG(ipi_entry, const char *reason)
{
	u32 zero = 0;

	open_start(bpf_map_lookup_elem(&ipis, &zero), (u64)reason);
	return 0;
}

SEC("raw_tp/ipi_exit")
int BPF_PROG(ipi_exit, const char *reason)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 zero = 0;
	u64 duration_ns;
	struct source source = { .class = CLASS_IPI, .name = reason };

	if (close_start(bpf_map_lookup_elem(&ipis, &zero), (u64)reason, now_ns, &duration_ns))
		report(ctx, &source, duration_ns, now_ns);
	return 0;
}

/* Comes after the handler, with its duration. */
SEC("raw_tp/nmi_handler")
int BPF_PROG(nmi_handler, void *handler, s64 delta_ns)
{
	struct source source = { .class = CLASS_NMI, .address = (u64)handler };
	u64 duration_ns = delta_ns > 0 ? delta_ns : 0; /* the clock may step back */

	if (duration_ns < threshold_ns || is_filtered_out())
		return 0;
	report(ctx, &source, duration_ns, bpf_ktime_get_ns());
	return 0;
}

static __always_inline u64 softirq_owner(void)
{
	return preempt_rt ? bpf_get_current_task() : 0;
}

SEC("raw_tp/softirq_entry")
int BPF_PROG(softirq_entry, unsigned int vec_nr)
{
	u32 index = vec_nr;

	open_start(bpf_map_lookup_elem(&softirqs, &index), softirq_owner());
	return 0;
}

SEC("raw_tp/softirq_exit")
int BPF_PROG(softirq_exit, unsigned int vec_nr)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 index = vec_nr;
	u64 duration_ns;
	struct source source = { .class = CLASS_SOFTIRQ, .number = index };

	if (close_start(bpf_map_lookup_elem(&softirqs, &index), softirq_owner(), now_ns, &duration_ns))
		report(ctx, &source, duration_ns, now_ns);
	return 0;
}

/* Raise to run. The end is attached first: of a raise whose run is not seen the next run would seem to be. */

SEC("raw_tp/softirq_raise")
int BPF_PROG(softirq_raise, unsigned int vec_nr)
{
	u32 index = vec_nr;
	u64 *raise_ns = bpf_map_lookup_elem(&raises, &index);

	if (raise_ns)
		remember_raise(raise_ns);
	return 0;
}

/* Takes the raise before it reads the clock: one that comes in between is the next run's. */
SEC("raw_tp/softirq_entry")
int BPF_PROG(softirq_run, unsigned int vec_nr)
{
	u32 index = vec_nr;
	u64 *slot = bpf_map_lookup_elem(&raises, &index);
	struct source source = { .class = CLASS_RAISE, .number = index };
	struct account *account;
	u64 raise_ns, now_ns, latency_ns;

	if (!slot)
		return 0;
	raise_ns = take_raise(slot);
	now_ns = bpf_ktime_get_ns();
	if (is_filtered_out())
		return 0;
	if (!raise_ns) {
		account = find_account();
		if (account)
			__sync_fetch_and_add(&account->unmatched_runs, 1);
		return 0;
	}
	latency_ns = elapsed_ns(raise_ns, now_ns);
	if (latency_ns >= threshold_ns)
		report(ctx, &source, latency_ns, now_ns);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
