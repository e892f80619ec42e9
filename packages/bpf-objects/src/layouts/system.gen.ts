// Generated from system.bpf.o by the layouts command of @irqtrace/loader. Do not edit.

/** What system.bpf.o declares: programs, maps and variables. */
export const system = {
  name: "system",
  programs: {
    vector_entry_raw_tp: { section: "raw_tp" },
    vector_exit_raw_tp: { section: "raw_tp" },
    vector_count_raw_tp: { section: "raw_tp" },
    ipi_entry_raw_tp: { section: "raw_tp" },
    ipi_exit_raw_tp: { section: "raw_tp" },
    ipi_count_raw_tp: { section: "raw_tp" },
    nmi_raw_tp: { section: "raw_tp" },
    nmi_count_raw_tp: { section: "raw_tp" },
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
    sources: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "source",
        size: 176,
        fields: [
          { name: "writing", offset: 0, type: "u64" },
          { name: "start_ns", offset: 8, type: "u64" },
          { name: "id", offset: 16, type: "u64" },
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
                  { name: "count", offset: 0, type: "u64" },
                  { name: "total_ns", offset: 8, type: "u64" },
                  { name: "max_ns", offset: 16, type: "u64" },
                  { name: "run_max_ns", offset: 24, type: "u64" },
                  { name: "epoch", offset: 32, type: "u32" },
                  { name: "padding", offset: 36, type: "u32" },
                ],
              },
            },
          },
          { name: "name", offset: 104, type: { kind: "chars", size: 64 } },
          { name: "class", offset: 168, type: "u32" },
          { name: "padding", offset: 172, type: "u32" },
        ],
      },
    },
    source_histograms: {
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
            type: { kind: "array", length: 2, stride: 2176, of: { kind: "array", length: 272, stride: 8, of: "u64" } },
          },
        ],
      },
    },
    source_openings: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
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
    source_taken: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "taken",
        size: 16,
        fields: [{ name: "banks", offset: 0, type: { kind: "array", length: 2, stride: 8, of: "u64" } }],
      },
    },
    known: {
      kind: "percpu_array",
      maxEntries: 2,
      key: "u32",
      value: {
        kind: "struct",
        name: "known",
        size: 128,
        fields: [{ name: "addresses", offset: 0, type: { kind: "array", length: 16, stride: 8, of: "u64" } }],
      },
    },
  },
  sections: {
    bss: {
      kind: "struct",
      name: ".bss",
      size: 16,
      fields: [
        { name: "unmatched", offset: 0, type: "u64" },
        { name: "table_full", offset: 8, type: "u64" },
      ],
    },
    data: { kind: "struct", name: ".data", size: 4, fields: [{ name: "epoch", offset: 0, type: "u32" }] },
    rodata: {
      kind: "struct",
      name: ".rodata",
      size: 1036,
      fields: [
        { name: "cpu_mask", offset: 0, type: { kind: "array", length: 256, stride: 4, of: "u32" } },
        { name: "filter_cpus", offset: 1024, type: "bool" },
        { name: "filter_cgroup", offset: 1025, type: "bool" },
        { name: "exclusive", offset: 1026, type: "bool" },
        { name: "first_ipi", offset: 1028, type: "u32" },
        { name: "first_nmi", offset: 1032, type: "u32" },
      ],
    },
  },
  sha256: "5d16f8be25c8823d7a9dda64b841d4cf82a196a42e34c3b1c4cd51257ff95c78",
} as const;
