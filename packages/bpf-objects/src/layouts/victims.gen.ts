// Generated from victims.bpf.o by the layouts command of @irqtrace/loader. Do not edit.

/** What victims.bpf.o declares: programs, maps and variables. */
export const victims = {
  name: "victims",
  programs: {
    victim_device_entry_tp_btf: { section: "tp_btf/irq_handler_entry" },
    victim_device_exit_tp_btf: { section: "tp_btf/irq_handler_exit" },
    victim_softirq_entry_tp_btf: { section: "tp_btf/softirq_entry" },
    victim_softirq_exit_tp_btf: { section: "tp_btf/softirq_exit" },
    victim_device_entry_raw_tp: { section: "raw_tp/irq_handler_entry" },
    victim_device_exit_raw_tp: { section: "raw_tp/irq_handler_exit" },
    victim_softirq_entry_raw_tp: { section: "raw_tp/softirq_entry" },
    victim_softirq_exit_raw_tp: { section: "raw_tp/softirq_exit" },
    victim_vector_entry_raw_tp: { section: "raw_tp" },
    victim_vector_exit_raw_tp: { section: "raw_tp" },
    victim_nmi_raw_tp: { section: "raw_tp/nmi_handler" },
    victim_ipi_reason_raw_tp: { section: "raw_tp/ipi_entry" },
  },
  maps: {
    cgroup: { kind: "cgroup_array", maxEntries: 1, key: "u32", value: "u32" },
    interrupt_times: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "interrupt_times",
        size: 16,
        fields: [
          { name: "hard_ns", offset: 0, type: "u64" },
          { name: "nmi_ns", offset: 8, type: "u64" },
        ],
      },
    },
    stacks: {
      kind: "percpu_array",
      maxEntries: 3,
      key: "u32",
      value: {
        kind: "struct",
        name: "stack",
        size: 1024,
        fields: [{ name: "frames", offset: 0, type: { kind: "array", length: 128, stride: 8, of: "u64" } }],
      },
    },
    slots: {
      kind: "hash",
      maxEntries: 1,
      key: {
        kind: "struct",
        name: "identity",
        size: 32,
        fields: [
          { name: "victim", offset: 0, type: "u64" },
          { name: "name", offset: 8, type: "u64" },
          { name: "tid", offset: 16, type: "u32" },
          { name: "class", offset: 20, type: "u32" },
          { name: "source", offset: 24, type: "u32" },
          { name: "padding", offset: 28, type: "u32" },
        ],
      },
      value: "u32",
    },
    free_slots: { kind: "queue", maxEntries: 1, key: null, value: "u32" },
    rows: {
      kind: "array",
      maxEntries: 5,
      key: "u32",
      value: {
        kind: "struct",
        name: "row",
        size: 208,
        fields: [
          {
            name: "labels",
            offset: 0,
            type: {
              kind: "array",
              length: 2,
              stride: 88,
              of: {
                kind: "struct",
                name: "label",
                size: 88,
                fields: [
                  { name: "name", offset: 0, type: { kind: "chars", size: 64 } },
                  { name: "comm", offset: 64, type: { kind: "chars", size: 16 } },
                  { name: "epoch", offset: 80, type: "u32" },
                  { name: "padding", offset: 84, type: "u32" },
                ],
              },
            },
          },
          { name: "victim", offset: 176, type: "u64" },
          { name: "tid", offset: 184, type: "u32" },
          { name: "pid", offset: 188, type: "u32" },
          { name: "class", offset: 192, type: "u32" },
          { name: "source", offset: 196, type: "u32" },
          { name: "used", offset: 200, type: "u32" },
          { name: "kind", offset: 204, type: "u32" },
        ],
      },
    },
    device_starts: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 40,
        fields: [
          {
            name: "opening",
            offset: 0,
            type: {
              kind: "struct",
              name: "opening",
              size: 24,
              fields: [
                { name: "start_ns", offset: 0, type: "u64" },
                { name: "hard_ns", offset: 8, type: "u64" },
                { name: "nmi_ns", offset: 16, type: "u64" },
              ],
            },
          },
          { name: "task", offset: 24, type: "u64" },
          { name: "state", offset: 32, type: "u32" },
          { name: "padding", offset: 36, type: "u32" },
        ],
      },
    },
    vector_starts: {
      kind: "percpu_array",
      maxEntries: 256,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 40,
        fields: [
          {
            name: "opening",
            offset: 0,
            type: {
              kind: "struct",
              name: "opening",
              size: 24,
              fields: [
                { name: "start_ns", offset: 0, type: "u64" },
                { name: "hard_ns", offset: 8, type: "u64" },
                { name: "nmi_ns", offset: 16, type: "u64" },
              ],
            },
          },
          { name: "task", offset: 24, type: "u64" },
          { name: "state", offset: 32, type: "u32" },
          { name: "padding", offset: 36, type: "u32" },
        ],
      },
    },
    softirq_starts: {
      kind: "percpu_array",
      maxEntries: 10,
      key: "u32",
      value: {
        kind: "struct",
        name: "start",
        size: 40,
        fields: [
          {
            name: "opening",
            offset: 0,
            type: {
              kind: "struct",
              name: "opening",
              size: 24,
              fields: [
                { name: "start_ns", offset: 0, type: "u64" },
                { name: "hard_ns", offset: 8, type: "u64" },
                { name: "nmi_ns", offset: 16, type: "u64" },
              ],
            },
          },
          { name: "task", offset: 24, type: "u64" },
          { name: "state", offset: 32, type: "u32" },
          { name: "padding", offset: 36, type: "u32" },
        ],
      },
    },
    ipi_reasons: { kind: "percpu_array", maxEntries: 1, key: "u32", value: "u64" },
    cells: {
      kind: "array",
      maxEntries: 5,
      key: "u32",
      value: {
        kind: "struct",
        name: "cell",
        size: 56,
        fields: [
          { name: "writing", offset: 0, type: "u64" },
          {
            name: "banks",
            offset: 8,
            type: {
              kind: "array",
              length: 2,
              stride: 24,
              of: {
                kind: "struct",
                name: "bank",
                size: 24,
                fields: [
                  { name: "count", offset: 0, type: "u64" },
                  { name: "self_ns", offset: 8, type: "u64" },
                  { name: "epoch", offset: 16, type: "u32" },
                  { name: "padding", offset: 20, type: "u32" },
                ],
              },
            },
          },
        ],
      },
    },
  },
  sections: {
    bss: {
      kind: "struct",
      name: ".bss",
      size: 20,
      fields: [
        { name: "unmatched", offset: 0, type: "u64" },
        { name: "table_full", offset: 8, type: "u64" },
        { name: "is_full", offset: 16, type: "u32" },
      ],
    },
    data: { kind: "struct", name: ".data", size: 4, fields: [{ name: "epoch", offset: 0, type: "u32" }] },
    rodata: {
      kind: "struct",
      name: ".rodata",
      size: 1553,
      fields: [
        { name: "cpu_mask", offset: 0, type: { kind: "array", length: 256, stride: 4, of: "u32" } },
        { name: "filter_cpus", offset: 1024, type: "bool" },
        { name: "filter_cgroup", offset: 1025, type: "bool" },
        { name: "exclusive", offset: 1026, type: "bool" },
        { name: "has_ipi_handlers", offset: 1027, type: "bool" },
        { name: "victim_kind", offset: 1028, type: "u32" },
        {
          name: "interrupt_entries",
          offset: 1032,
          type: {
            kind: "array",
            length: 16,
            stride: 16,
            of: {
              kind: "struct",
              name: "range",
              size: 16,
              fields: [
                { name: "start", offset: 0, type: "u64" },
                { name: "end", offset: 8, type: "u64" },
              ],
            },
          },
        },
        {
          name: "other_entries",
          offset: 1288,
          type: {
            kind: "array",
            length: 16,
            stride: 16,
            of: {
              kind: "struct",
              name: "range",
              size: 16,
              fields: [
                { name: "start", offset: 0, type: "u64" },
                { name: "end", offset: 8, type: "u64" },
              ],
            },
          },
        },
        { name: "nmi_can_insert", offset: 1544, type: "bool" },
        { name: "wanted_classes", offset: 1548, type: "u32" },
        { name: "preempt_rt", offset: 1552, type: "bool" },
      ],
    },
  },
  sha256: "4d470b3a9b97b39336ef9e15fdc89a982ae6218c570d033e244a304d7762c800",
} as const;
