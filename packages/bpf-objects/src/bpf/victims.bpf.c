// SPDX-License-Identifier: GPL-2.0
/* Whose time interrupts took: for each interrupted task, cgroup or CPU mode and each source, how often and how long.
 * From the tracepoints irq:irq_handler_entry and _exit, irq:softirq_entry and _exit, on x86 irq_vectors:*_entry and
 * _exit and nmi:nmi_handler, and on arm64 ipi:ipi_entry.
 *
 * The victim of an interrupt is the task that is current while it runs. Times are exclusive: what nested inside is
 * charged to the same victim once, under its own source. A softirq that runs in ksoftirqd or ktimers interrupts
 * nobody: it is that thread's own work, and that thread is its victim. One that a task runs when it enables softirqs
 * again takes the task's time, whoever caused it. */
#include "types.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "nesting.bpf.h"

/* include/linux/sched.h */
#define PF_KTHREAD 0x200000

struct task_struct {
	unsigned int flags;
} __attribute__((preserve_access_index));

/* The order of INTERRUPT_CLASSES. The first slots hold what had no room, one of each class. */
enum interrupt_class { CLASS_DEVICE, CLASS_VECTOR, CLASS_IPI, CLASS_NMI, CLASS_SOFTIRQ, CLASSES };

enum victim_kind { BY_TASK, BY_CGROUP, BY_CPU_MODE };

/* 0 is the idle task's in every kind: no cgroup has that id. */
enum cpu_mode { MODE_IDLE, MODE_USER, MODE_KERNEL, MODE_UNKNOWN };

#define ENOENT 2 /* include/uapi/asm-generic/errno-base.h */
#define SOFTIRQS 10      /* NR_SOFTIRQS, include/linux/interrupt.h */
#define VECTORS 256      /* arch/x86/include/asm/irq_vectors.h */
#define IRQF_PERCPU 0x400 /* include/linux/interrupt.h */
#define IPI_NAME 0x495049 /* "IPI", read as a little-endian number */
#define NAME_SIZE 64
#define COMM_SIZE 16

/* Set before load. */
const volatile u32 victim_kind;
const volatile u32 wanted_classes; /* a bit each; others are attached as far as they nest in these */
const volatile bool preempt_rt;    /* as in softirqs.bpf.c: a softirq's start then belongs to a task */
const volatile bool has_ipis;      /* whether some device handlers are arm64's IPIs */
/* Before 5.11 an NMI that comes into an update of the hash could wait for itself. */
const volatile bool nmi_can_insert;

struct bank {
	u64 count;
	u64 self_ns;
	u32 epoch;
	u32 padding;
};
_Static_assert(sizeof(struct bank) == 24, "struct bank");

struct cell {
	u64 writing;
	struct bank banks[2];
};
_Static_assert(sizeof(struct cell) == 56, "struct cell");

struct label {
	char name[NAME_SIZE]; /* of the source; empty where its number says all */
	char comm[COMM_SIZE]; /* of the task */
	u32 epoch;
	u32 padding;
};
_Static_assert(sizeof(struct label) == 88, "struct label");

struct row {
	struct label labels[2];
	u64 victim; /* a cgroup's id, or a CPU mode */
	u32 tid;
	u32 pid;
	u32 class;
	u32 source; /* irq or vector */
	u32 used;
	u32 kind; /* of the victim */
};
_Static_assert(sizeof(struct row) == 208, "struct row");

/* A task is its address and its tid. Accepted: the kernel may give both to a later task, which then goes on in the
 * row of the former. An action is its address and its irq, with the same consequence. */
struct identity {
	u64 victim;
	u64 name; /* address of the action, or of an IPI's reason */
	u32 tid;
	u32 class;
	u32 source;
	u32 padding;
};
_Static_assert(sizeof(struct identity) == 32, "struct identity");

enum start_state { STATE_NONE, STATE_FILTERED, STATE_MEASURED };

struct start {
	struct opening opening;
	u64 task; /* PREEMPT_RT softirqs only */
	u32 state;
	u32 padding;
};
_Static_assert(sizeof(struct start) == 40, "struct start");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32); /* irq */
	__type(value, struct start);
} device_starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, VECTORS);
	__type(key, u32); /* vector */
	__type(value, struct start);
} vector_starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQS);
	__type(key, u32); /* vector */
	__type(value, struct start);
} softirq_starts SEC(".maps");

/* Why the IPI that is being handled was sent. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} ipi_reasons SEC(".maps");

/* Shared by all CPUs where a row is one task's, which runs on one CPU at a time; else per CPU. Updated atomically either
 * way, because a softirq on PREEMPT_RT can be preempted here, and an NMI can come in between. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLASSES);
	__type(key, u32); /* slot */
	__type(value, struct cell);
} cells SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLASSES);
	__type(key, u32); /* slot */
	__type(value, struct row);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct identity);
	__type(value, u32); /* slot */
} slots SEC(".maps");

/* Slots without a row, filled by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, u32);
} free_slots SEC(".maps");

#define MAX_FRAMES 127 /* PERF_MAX_STACK_DEPTH */

struct stack {
	u64 frames[MAX_FRAMES + 1];
};
_Static_assert(sizeof(struct stack) == 1024, "struct stack");

enum context { CONTEXT_SOFTIRQ, CONTEXT_HARDIRQ, CONTEXT_NMI, CONTEXTS };

/* Too large for a program's own stack; one for each context that can interrupt another here. Accepted: on PREEMPT_RT
 * from 7.x, and with arm64's pseudo-NMIs, one of the same context can come in between and leave its own stack: a mode is
 * then that of the other. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CONTEXTS);
	__type(key, u32);
	__type(value, struct stack);
} stacks SEC(".maps");

/* Where the kernel was entered, by the kernel's symbols: a return address in (start, end]. */
#define MAX_RANGES 16

struct range {
	u64 start;
	u64 end;
};

const volatile struct range interrupt_entries[MAX_RANGES]; /* by an interrupt */
const volatile struct range other_entries[MAX_RANGES];     /* by anything else */

static __always_inline bool is_within(const volatile struct range *ranges, u64 address)
{
	u32 index;

#pragma clang loop unroll(disable)
	for (index = 0; index < MAX_RANGES; index++) {
		if (address > ranges[index].start && address <= ranges[index].end)
			return true;
	}
	return false;
}

/* Threads of the kernel never leave it, and need no walk. */
static __always_inline bool is_kernel_thread(void)
{
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), flags) & PF_KTHREAD;
}

/* The outermost frame of the kernel's stack is where it was entered: if by an interrupt, user space was interrupted,
 * this time or when the interrupt came that this one came into. A stack that was not seen to its end says nothing. */
static __always_inline u32 interrupted_mode(void *ctx, u32 context)
{
	struct stack *stack = bpf_map_lookup_elem(&stacks, &context);
	u64 address;
	long bytes;
	u32 last;

	if (is_kernel_thread())
		return MODE_KERNEL;
	if (!stack)
		return MODE_UNKNOWN;
	bytes = bpf_get_stack(ctx, stack->frames, MAX_FRAMES * sizeof(u64), 0);
	if (bytes < (long)sizeof(u64) || bytes >= (long)(MAX_FRAMES * sizeof(u64)))
		return MODE_UNKNOWN;
	last = (u32)bytes / sizeof(u64) - 1;
	asm volatile("" : "+r"(last));
	if (last >= MAX_FRAMES)
		return MODE_UNKNOWN;
	address = stack->frames[last];
	if (is_within(interrupt_entries, address))
		return MODE_USER;
	return is_within(other_entries, address) ? MODE_KERNEL : MODE_UNKNOWN;
}

static __always_inline u32 context_of(u32 class)
{
	return class == CLASS_SOFTIRQ ? CONTEXT_SOFTIRQ : class == CLASS_NMI ? CONTEXT_NMI : CONTEXT_HARDIRQ;
}

/* An idle task is nobody, whatever victims are told apart by. Each CPU has its own: as tasks they have rows apart, so
 * that idle CPUs do not contend for one. */
static __always_inline void identify_victim(void *ctx, struct identity *identity)
{
	u32 tid = bpf_get_current_pid_tgid();

	if (victim_kind == BY_TASK) {
		identity->victim = bpf_get_current_task();
		identity->tid = tid;
	} else if (!tid) {
		return;
	} else if (victim_kind == BY_CGROUP) {
		identity->victim = bpf_get_current_cgroup_id();
	} else {
		identity->victim = interrupted_mode(ctx, context_of(identity->class));
	}
}

/* Set once there is no slot left, because asking the queue takes a lock that all CPUs share. */
volatile u32 is_full;

/* A slot that no row has; says whether there is one. */
static __always_inline bool take_slot(u32 *slot)
{
	long error;

	if (is_full)
		return false;
	error = bpf_map_pop_elem(&free_slots, slot);
	/* In an NMI the queue may be busy. */
	if (error == -ENOENT)
		is_full = 1;
	return error == 0;
}

/* Finds or makes the identity's row; says whether there is one. Two CPUs may meet a new identity at once: the one that
 * comes second to the hash gives its slot back. Accepted: whoever asks for the last slot meanwhile is charged to the
 * remainder, and from then on the table is full; and an NMI that cannot give a slot back loses it. */
static __noinline bool find_slot(const struct identity *identity, u32 *slot)
{
	u32 *known = bpf_map_lookup_elem(&slots, identity);
	struct row *row;

	if (known) {
		*slot = *known;
		return true;
	}
	if (identity->class == CLASS_NMI && !nmi_can_insert)
		return false;
	if (!take_slot(slot))
		return false;
	row = bpf_map_lookup_elem(&rows, slot);
	if (!row)
		return false;
	row->victim = victim_kind == BY_TASK ? 0 : identity->victim;
	row->tid = identity->tid;
	row->pid = identity->tid ? bpf_get_current_pid_tgid() >> 32 : 0;
	row->kind = victim_kind;
	row->class = identity->class;
	row->source = identity->source;
	row->used = 1;
	if (bpf_map_update_elem(&slots, identity, slot, BPF_NOEXIST) == 0)
		return true;
	row->used = 0;
	bpf_map_push_elem(&free_slots, slot, 0);
	known = bpf_map_lookup_elem(&slots, identity);
	if (!known)
		return false;
	*slot = *known;
	return true;
}

/* Tasks change their names and drivers theirs, so they are read again in each epoch. */
static __noinline int read_label(u32 slot, u32 now_epoch, const struct identity *identity)
{
	struct row *row = bpf_map_lookup_elem(&rows, &slot);
	const char *name = (const char *)identity->name;
	struct label *label;

	if (!row)
		return 0;
	label = &row->labels[now_epoch & 1];
	if (label->epoch == now_epoch)
		return 0;
	if (victim_kind == BY_TASK)
		bpf_get_current_comm(label->comm, sizeof(label->comm));
	if (name && identity->class == CLASS_DEVICE)
		name = BPF_CORE_READ((const struct irqaction *)name, name);
	if (name)
		bpf_probe_read_kernel_str(label->name, sizeof(label->name), name);
	label->epoch = now_epoch;
	return 0;
}

/* The slot of what has no row of its own. */
static __always_inline u32 remainder_slot(u32 class)
{
	struct row *row = bpf_map_lookup_elem(&rows, &class);

	if (row && !row->used) {
		row->class = class;
		row->used = 1;
	}
	return class;
}

/* Adds to the row of the current task, its cgroup or its mode. */
static __noinline int charge(void *ctx, u32 class, u32 source, u64 name, u64 self_ns)
{
	struct identity identity = { .name = name, .class = class, .source = source };
	struct bank *bank;
	struct cell *cell;
	u32 now_epoch, slot = 0;
	bool has_row;

	identify_victim(ctx, &identity);
	has_row = find_slot(&identity, &slot);
	if (!has_row)
		slot = remainder_slot(class);
	cell = bpf_map_lookup_elem(&cells, &slot);
	if (!cell) {
		__sync_fetch_and_add(&table_full, 1);
		return 0;
	}
	begin_writing(&cell->writing, true);
	now_epoch = epoch;
	bank = &cell->banks[now_epoch & 1];
	if (bank->epoch != now_epoch) {
		bank->epoch = now_epoch;
		if (has_row)
			read_label(slot, now_epoch, &identity);
	}
	add(&bank->count, 1, true);
	add(&bank->self_ns, self_ns, true);
	end_writing(&cell->writing, true);
	return 0;
}

/* What is not to be charged still takes time from what it interrupts. */
static __always_inline void enter(struct start *start, u32 class)
{
	const bool is_wanted = wanted_classes & 1 << class;

	start->state = !is_wanted || is_filtered_out() ? STATE_FILTERED : STATE_MEASURED;
	read_opening(&start->opening);
}

/* Ends what `enter` started; says whether it is to be charged, and what it took by itself. */
static __always_inline bool leave(struct start *start, u32 class, u64 *self_ns)
{
	struct opening end = {};
	u64 total_ns, others_ns;
	u32 state;

	read_opening(&end);
	state = start->state;
	start->state = STATE_NONE;
	if (state == STATE_NONE) {
		if (wanted_classes & 1 << class)
			__sync_fetch_and_add(&unmatched, 1);
		return false;
	}
	if (class != CLASS_SOFTIRQ)
		close_hardirq(&start->opening, &end);
	total_ns = elapsed_ns(start->opening.start_ns, end.start_ns);
	others_ns = taken_ns(&start->opening, &end);
	*self_ns = total_ns > others_ns ? total_ns - others_ns : 0;
	return state == STATE_MEASURED;
}

static __always_inline bool is_ipi(const struct irqaction *action)
{
	u32 letters = 0;

	if (!has_ipis || !(BPF_CORE_READ(action, flags) & IRQF_PERCPU))
		return false;
	bpf_probe_read_kernel(&letters, sizeof(letters), BPF_CORE_READ(action, name));
	return letters == IPI_NAME;
}

static __always_inline u64 *ipi_reason(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&ipi_reasons, &zero);
}

/* Comes between an IPI's entry and exit as a handler. One that comes as a pseudo-NMI within another leaves that one
 * without a name. */
static __always_inline int handle_ipi_reason(u64 text)
{
	u64 *reason = ipi_reason();

	if (reason)
		*reason = text;
	return 0;
}

static __always_inline int handle_device_entry(u32 irq, const struct irqaction *action)
{
	struct start *start = bpf_map_lookup_elem(&device_starts, &irq);
	u32 class = is_ipi(action) ? CLASS_IPI : CLASS_DEVICE;

	if (class == CLASS_IPI)
		handle_ipi_reason(0); /* that of another one */
	if (start)
		enter(start, class);
	return 0;
}

static __always_inline int handle_device_exit(void *ctx, u32 irq, const struct irqaction *action)
{
	struct start *start = bpf_map_lookup_elem(&device_starts, &irq);
	u32 class = is_ipi(action) ? CLASS_IPI : CLASS_DEVICE;
	u64 self_ns = 0, *reason, name = (u64)action;

	if (!start) {
		if (wanted_classes & 1 << class && !is_filtered_out())
			__sync_fetch_and_add(&table_full, 1);
		return 0;
	}
	if (!leave(start, class, &self_ns))
		return 0;
	if (class == CLASS_IPI) {
		reason = ipi_reason();
		name = reason ? *reason : 0;
	}
	charge(ctx, class, irq, name, self_ns);
	return 0;
}

static __always_inline int handle_vector_entry(u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&vector_starts, &vector);

	if (start)
		enter(start, CLASS_VECTOR);
	return 0;
}

static __always_inline int handle_vector_exit(void *ctx, u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&vector_starts, &vector);
	u64 self_ns = 0;

	if (!start)
		__sync_fetch_and_add(&table_full, 1);
	else if (leave(start, CLASS_VECTOR, &self_ns))
		charge(ctx, CLASS_VECTOR, vector, 0, self_ns);
	return 0;
}

static __always_inline int handle_softirq_entry(u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&softirq_starts, &vector);

	if (!start)
		return 0;
	if (preempt_rt)
		start->task = bpf_get_current_task();
	enter(start, CLASS_SOFTIRQ);
	return 0;
}

static __always_inline int handle_softirq_exit(void *ctx, u32 vector)
{
	struct start *start = bpf_map_lookup_elem(&softirq_starts, &vector);
	u64 self_ns = 0;

	if (!start) {
		__sync_fetch_and_add(&table_full, 1);
		return 0;
	}
	/* Another task's softirq may have started on this CPU since: that start is not ours. */
	if (preempt_rt && start->state != STATE_NONE && start->task != bpf_get_current_task()) {
		if (wanted_classes & 1 << CLASS_SOFTIRQ)
			__sync_fetch_and_add(&unmatched, 1);
		return 0;
	}
	if (leave(start, CLASS_SOFTIRQ, &self_ns))
		charge(ctx, CLASS_SOFTIRQ, vector, 0, self_ns);
	return 0;
}

/* The kernel measures each registered handler itself, and tells when it has returned. */
static __always_inline int handle_nmi(void *ctx, s64 duration_ns)
{
	struct interrupt_times *times = cpu_interrupt_times();
	u64 self_ns = duration_ns > 0 ? duration_ns : 0;

	if (times)
		times->nmi_ns += self_ns;
	if (wanted_classes & 1 << CLASS_NMI && !is_filtered_out())
		charge(ctx, CLASS_NMI, 0, 0, self_ns);
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(victim_device_entry_tp_btf, int irq, struct irqaction *action)
{
	return handle_device_entry(irq, action);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(victim_device_exit_tp_btf, int irq, struct irqaction *action)
{
	return handle_device_exit(ctx, irq, action);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(victim_softirq_entry_tp_btf, unsigned int vec_nr)
{
	return handle_softirq_entry(vec_nr);
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(victim_softirq_exit_tp_btf, unsigned int vec_nr)
{
	return handle_softirq_exit(ctx, vec_nr);
}

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(victim_device_entry_raw_tp, int irq, struct irqaction *action)
{
	return handle_device_entry(irq, action);
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(victim_device_exit_raw_tp, int irq, struct irqaction *action)
{
	return handle_device_exit(ctx, irq, action);
}

SEC("raw_tp/softirq_entry")
int BPF_PROG(victim_softirq_entry_raw_tp, unsigned int vec_nr)
{
	return handle_softirq_entry(vec_nr);
}

SEC("raw_tp/softirq_exit")
int BPF_PROG(victim_softirq_exit_raw_tp, unsigned int vec_nr)
{
	return handle_softirq_exit(ctx, vec_nr);
}

/* Their tracepoints have one shape or one argument that is no pointer to follow: raw ones do for every kernel. */

SEC("raw_tp")
int BPF_PROG(victim_vector_entry_raw_tp, int vector)
{
	return handle_vector_entry(vector);
}

SEC("raw_tp")
int BPF_PROG(victim_vector_exit_raw_tp, int vector)
{
	return handle_vector_exit(ctx, vector);
}

SEC("raw_tp/nmi_handler")
int BPF_PROG(victim_nmi_raw_tp, void *handler, s64 delta_ns)
{
	return handle_nmi(ctx, delta_ns);
}

SEC("raw_tp/ipi_entry")
int BPF_PROG(victim_ipi_reason_raw_tp, u64 reason)
{
	return handle_ipi_reason(reason);
}

char LICENSE[] SEC("license") = "GPL";
