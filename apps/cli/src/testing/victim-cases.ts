import type { VictimRow } from "@irqtrace/interrupts";
import type { FakeSettings } from "./fake-environment.ts";
import type { Script } from "./fake-tracer.ts";
import { scriptOf } from "./scripts.ts";
import { CGROUP_ROWS, HOSTILE_ROWS, MODE_ROWS, TASK_ROWS } from "./victim-rows.ts";

/** What `irqtrace victims` prints in two intervals, each in a golden file of its own. */
export interface VictimCase {
  readonly file: string;
  readonly words: string;
  readonly script: Script<VictimRow>;
  readonly settings?: Partial<FakeSettings>;
}

export const ALL_VICTIMS: Script<VictimRow> = scriptOf(TASK_ROWS);

const LOST = { unmatched: 3, tableFull: 0, recursionMisses: 1 };
const cgroups = scriptOf(CGROUP_ROWS, LOST);
const modes = scriptOf(MODE_ROWS);
const hostile = scriptOf(HOSTILE_ROWS);
const costly = scriptOf(TASK_ROWS, LOST, { runTimeNs: 11_400_000, runCount: 110_000 });
const terminal = (columns: number): Partial<FakeSettings> => ({ stdout: { isTTY: true, columns } });

export const VICTIM_CASES: readonly VictimCase[] = [
  { file: "victims-table.txt", words: "1 2", script: ALL_VICTIMS },
  { file: "victims-table-100-columns.txt", words: "1 2", script: ALL_VICTIMS, settings: terminal(100) },
  { file: "victims-table-60-columns.txt", words: "1 2", script: ALL_VICTIMS, settings: terminal(60) },
  { file: "victims-table-30-columns.txt", words: "1 2", script: ALL_VICTIMS, settings: terminal(30) },
  { file: "victims-table-top.txt", words: "1 2 --top 2 --sort count -N --utc", script: ALL_VICTIMS },
  { file: "victims-table-name.txt", words: "1 2 --sort name", script: ALL_VICTIMS },
  { file: "victims-table-cgroup.txt", words: "1 2 --by cgroup", script: cgroups },
  { file: "victims-table-mode.txt", words: "1 2 --by cpu-mode", script: modes },
  { file: "victims-table-cost.txt", words: "1 2 --top 1 --cost", script: costly },
  { file: "victims-table-hostile.txt", words: "1 2", script: hostile },
  { file: "victims-table-empty.txt", words: "1 2", script: scriptOf<VictimRow>([]) },
  { file: "victims-json.ndjson", words: "1 2 --json", script: ALL_VICTIMS },
  { file: "victims-json-cgroup.ndjson", words: "1 2 --json --by cgroup --top 1 --cost", script: cgroups },
  { file: "victims-json-mode.ndjson", words: "1 2 --format json --by cpu-mode", script: modes },
  { file: "victims-json-hostile.ndjson", words: "1 2 --json", script: hostile },
  { file: "victims-csv.csv", words: "1 2 --format csv --top 2", script: ALL_VICTIMS },
  { file: "victims-csv-cost.csv", words: "1 2 --format csv --by cgroup --cost", script: costly },
  { file: "victims-csv-hostile.csv", words: "1 2 --format csv", script: hostile },
  { file: "victims-csv-empty-lost.csv", words: "1 2 --format csv", script: scriptOf<VictimRow>([], LOST) },
];
