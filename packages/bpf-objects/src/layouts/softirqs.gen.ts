// Generated from softirqs.bpf.o by the layouts command of @irqtrace/loader. Do not edit.

/** What softirqs.bpf.o declares: programs, maps and variables. */
export const softirqs = {
  name: "softirqs",
  programs: {
    softirq_entry_tp_btf: { section: "tp_btf/softirq_entry" },
    softirq_wait_tp_btf: { section: "tp_btf/softirq_entry" },
    softirq_raise_tp_btf: { section: "tp_btf/softirq_raise" },
    softirq_exit_tp_btf: { section: "tp_btf/softirq_exit" },
    softirq_count_tp_btf: { section: "tp_btf/softirq_exit" },
    softirq_entry_raw_tp: { section: "raw_tp/softirq_entry" },
    softirq_wait_raw_tp: { section: "raw_tp/softirq_entry" },
    softirq_raise_raw_tp: { section: "raw_tp/softirq_raise" },
    softirq_exit_raw_tp: { section: "raw_tp/softirq_exit" },
    softirq_count_raw_tp: { section: "raw_tp/softirq_exit" },
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
    softirq_threads: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "softirq_threads",
        size: 8,
        fields: [
          { name: "ksoftirqd", offset: 0, type: "u32" },
          { name: "ktimers", offset: 4, type: "u32" },
        ],
      },
    },
    latencies: {
      kind: "percpu_array",
      maxEntries: 10,
      key: "u32",
      value: {
        kind: "struct",
        name: "latency",
        size: 4560,
        fields: [
          { name: "writing", offset: 0, type: "u53" },
          { name: "raise_ns", offset: 8, type: "u53" },
          {
            name: "banks",
            offset: 16,
            type: {
              kind: "array",
              length: 2,
              stride: 40,
              of: {
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
          },
          {
            name: "histogram",
            offset: 96,
            type: {
              kind: "struct",
              name: "histogram",
              size: 4352,
              fields: [
                {
                  name: "banks",
                  offset: 0,
                  type: {
                    kind: "array",
                    length: 2,
                    stride: 2176,
                    of: { kind: "array", length: 272, stride: 8, of: "u53" },
                  },
                },
              ],
            },
          },
          { name: "unmatched_raise", offset: 4448, type: { kind: "array", length: 2, stride: 8, of: "u53" } },
          {
            name: "places",
            offset: 4464,
            type: {
              kind: "array",
              length: 2,
              stride: 48,
              of: {
                kind: "struct",
                name: "run_places",
                size: 48,
                fields: [
                  { name: "ksoftirqd", offset: 0, type: "u53" },
                  { name: "ktimers", offset: 8, type: "u53" },
                  { name: "interrupt_exit", offset: 16, type: "u53" },
                  { name: "bh_enable", offset: 24, type: "u53" },
                  { name: "run_inline", offset: 32, type: "u53" },
                  { name: "unknown", offset: 40, type: "u53" },
                ],
              },
            },
          },
        ],
      },
    },
    vectors: {
      kind: "percpu_array",
      maxEntries: 10,
      key: "u32",
      value: {
        kind: "struct",
        name: "vector",
        size: 4496,
        fields: [
          { name: "writing", offset: 0, type: "u53" },
          { name: "start_ns", offset: 8, type: "u53" },
          { name: "task", offset: 16, type: "u53" },
          {
            name: "banks",
            offset: 24,
            type: {
              kind: "array",
              length: 2,
              stride: 40,
              of: {
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
          },
          {
            name: "histogram",
            offset: 104,
            type: {
              kind: "struct",
              name: "histogram",
              size: 4352,
              fields: [
                {
                  name: "banks",
                  offset: 0,
                  type: {
                    kind: "array",
                    length: 2,
                    stride: 2176,
                    of: { kind: "array", length: 272, stride: 8, of: "u53" },
                  },
                },
              ],
            },
          },
          {
            name: "opening",
            offset: 4456,
            type: {
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
          { name: "taken_ns", offset: 4480, type: { kind: "array", length: 2, stride: 8, of: "u53" } },
        ],
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
      size: 1289,
      fields: [
        { name: "cpu_mask", offset: 0, type: { kind: "array", length: 256, stride: 4, of: "u32" } },
        { name: "filter_cpus", offset: 1024, type: "bool" },
        { name: "filter_cgroup", offset: 1025, type: "bool" },
        { name: "exclusive", offset: 1026, type: "bool" },
        { name: "places_by_stack", offset: 1027, type: "bool" },
        {
          name: "interrupt_exit_code",
          offset: 1032,
          type: {
            kind: "array",
            length: 8,
            stride: 16,
            of: {
              kind: "struct",
              name: "code_range",
              size: 16,
              fields: [
                { name: "start", offset: 0, type: "i53" },
                { name: "end", offset: 8, type: "i53" },
              ],
            },
          },
        },
        {
          name: "bh_enable_code",
          offset: 1160,
          type: {
            kind: "array",
            length: 8,
            stride: 16,
            of: {
              kind: "struct",
              name: "code_range",
              size: 16,
              fields: [
                { name: "start", offset: 0, type: "i53" },
                { name: "end", offset: 8, type: "i53" },
              ],
            },
          },
        },
        { name: "preempt_rt", offset: 1288, type: "bool" },
      ],
    },
  },
  sha256: "4058e1e72bb3ae23116ae120c1437567a3380a70dd8d0875b2facd5e70778e95",
} as const;
