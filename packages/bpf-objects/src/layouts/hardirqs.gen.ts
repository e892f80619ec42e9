// Generated from hardirqs.bpf.o by the layouts command of @irqtrace/loader. Do not edit.

/** What hardirqs.bpf.o declares: programs, maps and variables. */
export const hardirqs = {
  name: "hardirqs",
  programs: {
    hardirq_entry_tp_btf: { section: "tp_btf/irq_handler_entry" },
    hardirq_exit_tp_btf: { section: "tp_btf/irq_handler_exit" },
    hardirq_count_tp_btf: { section: "tp_btf/irq_handler_exit" },
    hardirq_entry_raw_tp: { section: "raw_tp/irq_handler_entry" },
    hardirq_exit_raw_tp: { section: "raw_tp/irq_handler_exit" },
    hardirq_count_raw_tp: { section: "raw_tp/irq_handler_exit" },
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
          { name: "hard_ns", offset: 0, type: "u53" },
          { name: "nmi_ns", offset: 8, type: "u53" },
        ],
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
          { name: "action", offset: 0, type: "u53" },
          { name: "name", offset: 8, type: "u53" },
          { name: "dev_id", offset: 16, type: "u53" },
          { name: "irq", offset: 24, type: "u32" },
          { name: "padding", offset: 28, type: "u32" },
        ],
      },
      value: "u32",
    },
    free_slots: { kind: "queue", maxEntries: 1, key: null, value: "u32" },
    rows: {
      kind: "array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "row",
        size: 152,
        fields: [
          {
            name: "labels",
            offset: 0,
            type: {
              kind: "array",
              length: 2,
              stride: 72,
              of: {
                kind: "struct",
                name: "label",
                size: 72,
                fields: [
                  { name: "name", offset: 0, type: { kind: "chars", size: 64 } },
                  { name: "epoch", offset: 64, type: "u32" },
                  { name: "followers", offset: 68, type: "u32" },
                ],
              },
            },
          },
          { name: "irq", offset: 144, type: "u32" },
          { name: "used", offset: 148, type: "u32" },
        ],
      },
    },
    free_percpu_slots: { kind: "queue", maxEntries: 1, key: null, value: "u32" },
    lines: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "line",
        size: 40,
        fields: [
          { name: "start_ns", offset: 0, type: "u53" },
          { name: "action", offset: 8, type: "u53" },
          { name: "name", offset: 16, type: "u53" },
          { name: "dev_id", offset: 24, type: "u53" },
          { name: "slot", offset: 32, type: "u32" },
          { name: "padding", offset: 36, type: "u32" },
        ],
      },
    },
    cells: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "cell",
        size: 120,
        fields: [
          { name: "writing", offset: 0, type: "u53" },
          {
            name: "banks",
            offset: 8,
            type: {
              kind: "array",
              length: 2,
              stride: 56,
              of: {
                kind: "struct",
                name: "bank",
                size: 56,
                fields: [
                  {
                    name: "times",
                    offset: 0,
                    type: {
                      kind: "struct",
                      name: "times",
                      size: 40,
                      fields: [
                        { name: "count", offset: 0, type: "u53" },
                        { name: "total_ns", offset: 8, type: "u53" },
                        { name: "max_ns", offset: 16, type: "u53" },
                        { name: "run_max_ns", offset: 24, type: "u53" },
                        { name: "epoch", offset: 32, type: "u32" },
                        { name: "padding", offset: 36, type: "u32" },
                      ],
                    },
                  },
                  { name: "unhandled", offset: 40, type: "u53" },
                  { name: "wake_thread", offset: 48, type: "u53" },
                ],
              },
            },
          },
        ],
      },
    },
    histograms: {
      kind: "array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "histogram",
        size: 4352,
        fields: [
          {
            name: "banks",
            offset: 0,
            type: { kind: "array", length: 2, stride: 2176, of: { kind: "array", length: 272, stride: 8, of: "u53" } },
          },
        ],
      },
    },
    percpu_histograms: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "histogram",
        size: 4352,
        fields: [
          {
            name: "banks",
            offset: 0,
            type: { kind: "array", length: 2, stride: 2176, of: { kind: "array", length: 272, stride: 8, of: "u53" } },
          },
        ],
      },
    },
    openings: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "opening",
        size: 24,
        fields: [
          { name: "start_ns", offset: 0, type: "u53" },
          { name: "hard_ns", offset: 8, type: "u53" },
          { name: "nmi_ns", offset: 16, type: "u53" },
        ],
      },
    },
    taken_times: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "taken",
        size: 16,
        fields: [{ name: "banks", offset: 0, type: { kind: "array", length: 2, stride: 8, of: "u53" } }],
      },
    },
  },
  sections: {
    bss: {
      kind: "struct",
      name: ".bss",
      size: 16,
      fields: [
        { name: "unmatched", offset: 0, type: "u53" },
        { name: "table_full", offset: 8, type: "u53" },
      ],
    },
    data: { kind: "struct", name: ".data", size: 4, fields: [{ name: "epoch", offset: 0, type: "u32" }] },
    rodata: {
      kind: "struct",
      name: ".rodata",
      size: 1033,
      fields: [
        { name: "cpu_mask", offset: 0, type: { kind: "array", length: 256, stride: 4, of: "u32" } },
        { name: "filter_cpus", offset: 1024, type: "bool" },
        { name: "filter_cgroup", offset: 1025, type: "bool" },
        { name: "exclusive", offset: 1026, type: "bool" },
        { name: "has_ipi_handlers", offset: 1027, type: "bool" },
        { name: "percpu_slots", offset: 1028, type: "u32" },
        { name: "histograms_per_cpu", offset: 1032, type: "bool" },
      ],
    },
  },
  sha256: "0d5d2398246ae1b33e5843242f922e6ef0e2f48d8525c6d5c55e282382e2b8f2",
} as const;
