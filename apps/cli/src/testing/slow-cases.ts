import type { FakeSettings } from "./fake-environment.ts";
import type { SlowScript } from "./fake-slow-tracer.ts";
import { HOSTILE_EVENTS, SLOW_EVENTS, SLOW_LOST, STACKED_EVENTS } from "./slow-events.ts";

/** What `irqtrace slow` prints, each in a golden file of its own. */
export interface SlowCase {
  readonly file: string;
  readonly words: string;
  readonly script: SlowScript;
  readonly settings?: Partial<FakeSettings>;
}

export const ALL_SLOW: SlowScript = { batches: [SLOW_EVENTS.slice(0, 2), SLOW_EVENTS.slice(2)] };

export const SLOW_CASES: readonly SlowCase[] = [
  { file: "slow-table.txt", words: "", script: ALL_SLOW },
  { file: "slow-table-utc.txt", words: "--utc", script: ALL_SLOW },
  {
    file: "slow-table-80-columns.txt",
    words: "",
    script: ALL_SLOW,
    settings: { stdout: { isTTY: true, columns: 80 } },
  },
  { file: "slow-table-name.txt", words: "--name net_* --name rcu", script: ALL_SLOW },
  { file: "slow-table-stack.txt", words: "--stack", script: { batches: [STACKED_EVENTS] } },
  { file: "slow-table-hostile.txt", words: "", script: { batches: [HOSTILE_EVENTS] } },
  { file: "slow-json.ndjson", words: "--json", script: { batches: [SLOW_EVENTS], lost: SLOW_LOST } },
  { file: "slow-json-stack.ndjson", words: "--format json", script: { batches: [STACKED_EVENTS] } },
  { file: "slow-json-hostile.ndjson", words: "--json", script: { batches: [HOSTILE_EVENTS] } },
];
