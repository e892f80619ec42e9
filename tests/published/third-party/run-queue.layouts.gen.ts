// Generated from run-queue.bpf.o by the layouts command of @irqtrace/loader. Do not edit.

/** What run-queue.bpf.o declares: programs, maps and variables. */
export const runQueue = {
  name: "runQueue",
  programs: {
    task_woken: { section: "tp_btf/sched_wakeup" },
    task_born: { section: "tp_btf/sched_wakeup_new" },
    task_switched: { section: "tp_btf/sched_switch" },
  },
  maps: {
    waiting_since_ns: { kind: "hash", maxEntries: 16384, key: "u32", value: "u53" },
    latency: {
      kind: "percpu_array",
      maxEntries: 1,
      key: "u32",
      value: {
        kind: "struct",
        name: "latency",
        size: 2184,
        fields: [
          { name: "total_ns", offset: 0, type: "u53" },
          { name: "buckets", offset: 8, type: { kind: "array", length: 272, stride: 8, of: "u53" } },
        ],
      },
    },
  },
  sections: {
    bss: { kind: "struct", name: ".bss", size: 8, fields: [{ name: "not_noted", offset: 0, type: "u53" }] },
    rodata: { kind: "struct", name: ".rodata", size: 8, fields: [{ name: "shortest_ns", offset: 0, type: "u53" }] },
  },
  sha256: "458f4273cd456c4a558e644b2d0fa05a297f5877b1cc0b69950d0b6b0857d683",
} as const;
