import type { ReportRow } from "../report.ts";

/** What one source did to one CPU. */
export interface CpuShare {
  readonly count: number;
  readonly totalNs: number;
}

/** A source of interrupts on all CPUs: its rows put together. */
export interface MatrixSource extends ReportRow {
  readonly byCpu: ReadonlyMap<number, CpuShare>;
}

/** Puts rows per CPU together by what they are of. */
export function matrixSources(rows: readonly ReportRow[]): readonly MatrixSource[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const key = [row.class, row.irq, row.action, row.vector, row.handler, row.name].join("\0");
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map(sourceOf);
}

function sourceOf(rows: readonly ReportRow[]): MatrixSource {
  const sum = (field: "count" | "totalNs" | "selfNs" | "unhandled" | "wakeThread"): number =>
    rows.reduce((total, row) => total + (row[field] ?? 0), 0);
  const [first] = rows;
  const count = sum("count");
  const timed = first?.totalNs === undefined ? {} : { totalNs: sum("totalNs"), avgNs: sum("totalNs") / count };
  const byCpu = new Map<number, CpuShare>();
  for (const { cpu = 0, count: events, totalNs = 0 } of rows) {
    const known = byCpu.get(cpu) ?? { count: 0, totalNs: 0 };
    byCpu.set(cpu, { count: known.count + events, totalNs: known.totalNs + totalNs });
  }
  return {
    ...first,
    name: first?.name ?? "",
    count,
    ...timed,
    ...(first?.selfNs === undefined ? {} : { selfNs: sum("selfNs") }),
    ...(first?.maxNs === undefined ? {} : { maxNs: Math.max(...rows.map(({ maxNs = 0 }) => maxNs)) }),
    byCpu,
  };
}
