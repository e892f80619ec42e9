import type { Lost } from "@irqtrace/decode";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";
import type { Tracer } from "@irqtrace/tracer";
import { Lateness } from "./lateness.ts";
import { RowAccounts, type SoakedRow } from "./row-account.ts";

/** How often a cumulative snapshot is held against the intervals. */
const INTERVALS_PER_SNAPSHOT = 10;

/** A trace of one kind, and what its intervals tell. */
export interface SoakedTracer extends Disposable {
  readonly name: string;
  readonly lateness: Lateness;
  readonly accounts: RowAccounts;
  readonly lost: Lost;
  /** Traces until the signal is aborted, to the end of the interval that is running then. */
  run(signal: AbortSignal): Promise<void>;
}

/** Traces both kinds with default options. */
export function soakedTracers(everyMs: number): SoakedTracer[] {
  return [
    soakedTracer("hardirqs", traceHardirqs(), everyMs, (row) => ({ ...row, key: `${row.name} ${row.slot}` })),
    soakedTracer("softirqs", traceSoftirqs(), everyMs, (row) => ({ ...row, key: row.name })),
  ];
}

function soakedTracer<Row>(
  name: string,
  tracer: Tracer<Row>,
  everyMs: number,
  soaked: (row: Row) => SoakedRow,
): SoakedTracer {
  const lateness = new Lateness(everyMs);
  const accounts = new RowAccounts();
  let lost: Lost = { tableFull: 0, recursionMisses: 0 };
  return {
    name,
    lateness,
    accounts,
    get lost() {
      return lost;
    },
    async run(signal) {
      for await (const { intervalNs, rows } of tracer.intervals({ everyMs })) {
        lateness.add(intervalNs);
        accounts.endInterval(rows.map(soaked));
        if (signal.aborted) return;
        if (lateness.intervals % INTERVALS_PER_SNAPSHOT !== 1) continue;
        const whole = tracer.snapshot();
        lost = whole.lost;
        accounts.takeSnapshot(whole.rows.map(soaked));
      }
    },
    [Symbol.dispose]: () => tracer[Symbol.dispose](),
  };
}
