import type { VictimRow } from "@irqtrace/interrupts";

type Source = Pick<VictimRow, "class" | "irq" | "vector" | "name">;

const NET_RX: Source = { class: "softirq", vector: 3, name: "net_rx" };
const TIMER: Source = { class: "vector", vector: 236, name: "local_timer" };
const DISK: Source = { class: "device", irq: 24, name: "virtio1-req.0" };
const BLOCK: Source = { class: "softirq", vector: 4, name: "block" };
const RCU: Source = { class: "softirq", vector: 9, name: "rcu" };

function task(
  slot: number,
  victim: string,
  pid: number,
  tid: number,
  source: Source,
  count: number,
  totalNs: number,
): VictimRow {
  return { victimKind: "task", victim, tid, pid, ...source, slot, count, totalNs };
}

/** Two threads of a server that others' packets cost time, a busy task, ksoftirqd, an idle CPU, and a full table. */
export const TASK_ROWS: readonly VictimRow[] = [
  { victimKind: "others", victim: "(others)", class: "softirq", name: "(any)", slot: 4, count: 12, totalNs: 40_000 },
  task(5, "nginx", 4_021, 4_022, NET_RX, 31_000, 61_250_480),
  task(6, "nginx", 4_021, 4_022, TIMER, 250, 1_000_020),
  task(7, "nginx", 4_021, 4_021, NET_RX, 9_000, 18_400_000),
  task(8, "compile", 977, 977, DISK, 6_000, 9_000_000),
  task(9, "compile", 977, 977, BLOCK, 6_000, 21_000_000),
  task(10, "compile", 977, 977, TIMER, 250, 1_500_000),
  task(11, "compile", 977, 977, RCU, 90, 499_999),
  task(12, "ksoftirqd/1", 22, 22, NET_RX, 700, 5_600_000),
  { victimKind: "idle", victim: "(idle)", ...TIMER, slot: 13, count: 100, totalNs: 600_000 },
  { victimKind: "idle", victim: "(idle)", ...TIMER, slot: 14, count: 80, totalNs: 500_000 },
];

export const CGROUP_ROWS: readonly VictimRow[] = [
  {
    victimKind: "cgroup",
    victim: "/system.slice/nginx.service",
    cgroup: 7_481,
    ...NET_RX,
    slot: 5,
    count: 40_000,
    totalNs: 79_650_480,
  },
  { victimKind: "cgroup", victim: "cgroup 9001", cgroup: 9_001, ...DISK, slot: 6, count: 6_000, totalNs: 9_000_000 },
  { victimKind: "cgroup", victim: "/", cgroup: 1, ...BLOCK, slot: 7, count: 6_000, totalNs: 21_000_000 },
];

export const MODE_ROWS: readonly VictimRow[] = [
  { victimKind: "cpu-mode", victim: "user", ...TIMER, slot: 5, count: 400, totalNs: 2_000_000 },
  { victimKind: "cpu-mode", victim: "kernel", ...NET_RX, slot: 6, count: 40_000, totalNs: 79_650_480 },
  { victimKind: "idle", victim: "(idle)", ...TIMER, slot: 7, count: 180, totalNs: 1_100_000 },
  { victimKind: "cpu-mode", victim: "unknown", ...RCU, slot: 8, count: 2, totalNs: 10_000 },
];

export const HOSTILE_ROWS: readonly VictimRow[] = [
  task(5, '\u001b[2J,"a"\n', 7, 7, { class: "device", irq: 5, name: "\u001b]0;owned\u0007" }, 1, 1_000),
];
