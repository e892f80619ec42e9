import type { VictimRow } from "@irqtrace/interrupts";
import type { VictimsInvocation } from "./victims-invocation.ts";

/** A victim with all that took time from it, the largest first. */
export interface VictimGroup {
  readonly victim: string;
  readonly tid: number | undefined;
  readonly pid: number | undefined;
  readonly count: number;
  readonly totalNs: number;
  readonly sources: readonly VictimRow[];
}

/** The victims that the command line asks for, in its order; equal ones by name and number. */
export function groupVictims(
  rows: readonly VictimRow[],
  { sort, top }: Pick<VictimsInvocation, "sort" | "top">,
): readonly VictimGroup[] {
  return [...Map.groupBy(rows, identityOf).values()]
    .map(groupOf)
    .sort((one, other) => compare(sort, one, other))
    .slice(0, top);
}

/** A task goes on being the same one when its name changes. */
function identityOf({ victimKind, victim, tid, pid, cgroup }: VictimRow): string {
  return tid === undefined ? `${victimKind} ${cgroup ?? victim}` : `${tid} ${pid}`;
}

const sum = (rows: readonly VictimRow[], key: "count" | "totalNs"): number =>
  rows.reduce((total, row) => total + row[key], 0);

const sourceOf = (row: VictimRow): string => `${row.class} ${row.irq ?? row.vector ?? ""} ${row.name}`;

/** Idle CPUs have a row each, and a task may have two after it has become another program. */
function merged(rows: readonly VictimRow[]): readonly VictimRow[] {
  return rows.slice(0, 1).map((row) => ({ ...row, count: sum(rows, "count"), totalNs: sum(rows, "totalNs") }));
}

function groupOf(rows: readonly VictimRow[]): VictimGroup {
  const sources = [...Map.groupBy(rows, sourceOf).values()]
    .flatMap(merged)
    .sort((one, other) => other.totalNs - one.totalNs || compareTexts(one.name, other.name));
  const [largest] = sources;
  return {
    victim: largest?.victim ?? "",
    tid: largest?.tid,
    pid: largest?.pid,
    count: sum(rows, "count"),
    totalNs: sum(rows, "totalNs"),
    sources,
  };
}

function compare(key: VictimsInvocation["sort"], one: VictimGroup, other: VictimGroup): number {
  const bySize = key === "name" ? 0 : key === "count" ? other.count - one.count : other.totalNs - one.totalNs;
  return bySize || compareTexts(one.victim, other.victim) || (one.tid ?? 0) - (other.tid ?? 0);
}

function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
