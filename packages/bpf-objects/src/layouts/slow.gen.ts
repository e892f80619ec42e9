// Generated from slow.bpf.o by the layouts command of @irqtrace/loader. Do not edit.

/** What slow.bpf.o declares: programs, maps and variables. */
export const slow = {
  name: "slow",
  programs: {
    device_entry: { section: "raw_tp/irq_handler_entry" },
    device_exit_tp_btf: { section: "tp_btf/irq_handler_exit" },
    device_exit_raw_tp: { section: "raw_tp/irq_handler_exit" },
    vector_entry: { section: "raw_tp" },
    vector_exit: { section: "raw_tp" },
    ipi_entry: { section: "raw_tp/ipi_entry" },
    ipi_exit: { section: "raw_tp/ipi_exit" },
    nmi_handler: { section: "raw_tp/nmi_handler" },
    softirq_entry: { section: "raw_tp/softirq_entry" },
    softirq_run: { section: "raw_tp/softirq_entry" },
    softirq_exit: { section: "raw_tp/softirq_exit" },
    softirq_raise: { section: "raw_tp/softirq_raise" },
  },
  maps: {
    cgroup: { kind: "cgroup_array", maxEntries: 1, key: "u32", value: "u32" },
    events: { kind: "ringbuf", maxEntries: 4096, key: null, value: null },
    accounts: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "account",
        size: 48,
        fields: [
          { name: "window_ns", offset: 0, type: "u64" },
          { name: "used", offset: 8, type: "u64" },
          { name: "suppressed", offset: 16, type: "u64" },
          { name: "refused", offset: 24, type: "u64" },
          { name: "unmatched", offset: 32, type: "u64" },
          { name: "unmatched_runs", offset: 40, type: "u64" },
        ],
      },
    },
    irqs: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 16,
        fields: [
          { name: "start_ns", offset: 0, type: "u64" },
          { name: "owner", offset: 8, type: "u64" },
        ],
      },
    },
    vectors: {
      kind: "percpu_array",
      maxEntries: 256,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 16,
        fields: [
          { name: "start_ns", offset: 0, type: "u64" },
          { name: "owner", offset: 8, type: "u64" },
        ],
      },
    },
    ipis: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 16,
        fields: [
          { name: "start_ns", offset: 0, type: "u64" },
          { name: "owner", offset: 8, type: "u64" },
        ],
      },
    },
    softirqs: {
      kind: "percpu_array",
      maxEntries: 10,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 16,
        fields: [
          { name: "start_ns", offset: 0, type: "u64" },
          { name: "owner", offset: 8, type: "u64" },
        ],
      },
    },
    raises: { kind: "percpu_array", maxEntries: 10, key: "u32", value: "u64" },
  },
  sections: {
    bss: {
      kind: "struct",
      name: ".bss",
      size: 136,
      fields: [
        {
          name: "record",
          offset: 0,
          type: {
            kind: "struct",
            name: "event",
            size: 136,
            fields: [
              { name: "boot_ns", offset: 0, type: "u64" },
              { name: "duration_ns", offset: 8, type: "u64" },
              { name: "cgroup_id", offset: 16, type: "u64" },
              { name: "address", offset: 24, type: "u64" },
              { name: "cpu", offset: 32, type: "u32" },
              { name: "class", offset: 36, type: "u32" },
              { name: "number", offset: 40, type: "u32" },
              { name: "pid", offset: 44, type: "u32" },
              { name: "tid", offset: 48, type: "u32" },
              { name: "stack_bytes", offset: 52, type: "i32" },
              { name: "comm", offset: 56, type: { kind: "chars", size: 16 } },
              { name: "name", offset: 72, type: { kind: "chars", size: 64 } },
            ],
          },
        },
      ],
    },
    rodata: {
      kind: "struct",
      name: ".rodata",
      size: 1052,
      fields: [
        { name: "cpu_mask", offset: 0, type: { kind: "array", length: 256, stride: 4, of: "u32" } },
        { name: "filter_cpus", offset: 1024, type: "bool" },
        { name: "filter_cgroup", offset: 1025, type: "bool" },
        { name: "has_ipi_handlers", offset: 1026, type: "bool" },
        { name: "threshold_ns", offset: 1032, type: "u64" },
        { name: "window_limit", offset: 1040, type: "u64" },
        { name: "with_stack", offset: 1048, type: "bool" },
        { name: "preempt_rt", offset: 1049, type: "bool" },
        { name: "reports_devices", offset: 1050, type: "bool" },
        { name: "reports_ipi_handlers", offset: 1051, type: "bool" },
      ],
    },
  },
  sha256: "29cad08eb0a23f3fe14737ce0780753d0ad64179fd45321501d291480ab7447d",
} as const;
