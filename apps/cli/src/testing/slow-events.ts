import type { SlowEvent, SlowLost } from "@irqtrace/interrupts";

const START_UNIX_MS = Date.UTC(2026, 2, 29, 0, 59, 59, 999);

const COMMON = {
  cpu: 0,
  task: { comm: "nginx", pid: 4_021, tid: 4_022 },
  mode: "user",
  cgroup: "/system.slice/nginx.service",
  cgroupId: 7_481n,
} as const;

function at(afterMs: number): Pick<SlowEvent, "unixMs" | "bootNs"> {
  return { unixMs: START_UNIX_MS + afterMs, bootNs: 900_719_925_474_099_312n + BigInt(afterMs * 1e6) };
}

/** One of each class and mode, and what may be missing. */
export const SLOW_EVENTS: readonly SlowEvent[] = [
  { ...COMMON, ...at(0.25), class: "device", irq: 24, name: "virtio1-req.0", durationNs: 120_500 },
  { ...COMMON, ...at(1), class: "vector", vector: 236, name: "local_timer", durationNs: 2_000_001, mode: "kernel" },
  {
    ...{ ...COMMON, ...at(7), class: "softirq", vector: 3, name: "net_rx", durationNs: 310_000, cpu: 127 },
    ...{ task: { comm: "swapper/127", pid: 0, tid: 0 }, mode: "idle", cgroup: "/" },
  },
  { ...COMMON, ...at(8), class: "raise", vector: 9, name: "rcu", durationNs: 4_100_000, cgroup: null },
  { ...COMMON, ...at(9), class: "ipi", name: "Rescheduling interrupts", durationNs: 100_000, mode: "unknown" },
  { ...COMMON, ...at(10), class: "nmi", name: "perf_event_nmi_handler", durationNs: 150_000 },
];

export const STACKED_EVENTS: readonly SlowEvent[] = [
  {
    ...{ ...COMMON, ...at(0), class: "softirq", vector: 3, name: "net_rx", durationNs: 310_000, mode: "kernel" },
    stack: [
      { address: 0xffffffff8135f24an, symbol: "handle_softirqs", module: null, offset: 586 },
      { address: 0xffffffffc0123004n, symbol: "nft_do_chain", module: "nf_tables", offset: 4 },
      { address: 0xffffffff81000130n, symbol: null, module: null, offset: 0 },
    ],
  },
];

export const HOSTILE_EVENTS: readonly SlowEvent[] = [
  {
    ...{ ...COMMON, ...at(0), class: "device", irq: 5, name: "\u001b]0;owned\u0007", durationNs: 1_000 },
    ...{ task: { comm: "\u001b[2J\n", pid: 7, tid: 7 }, cgroup: "/a\u202eb\nc" },
  },
];

export const SLOW_LOST: SlowLost = {
  ...{ suppressed: 1_250, bufferFull: 7, unmatched: 2, unmatchedRaise: 3, recursionMisses: 1 },
  perCpu: [
    { cpu: 0, suppressed: 1_000, bufferFull: 0 },
    { cpu: 3, suppressed: 250, bufferFull: 7 },
  ],
};
