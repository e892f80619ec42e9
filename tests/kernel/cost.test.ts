import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { isMet, runTimeBars } from "../../bench/bars.ts";
import { measureRunTime } from "../../bench/run-time-cost.ts";
import { subjectsOf } from "../../bench/subjects.ts";
import { barTable } from "../../bench/tables.ts";

const IRQTRACE = resolve(import.meta.dir, "../../irqtrace");
const COMPARED: readonly string[] = ["empty", "floor", "irqtrace", "irqtrace --count", "libbpf-tools, newest"];
const ROUNDS = 5;
const WINDOW_MS = 500;
/** Runs differ; a hash look-up per event, planted, is far beyond. */
const ROOM = 0.15;

const missing: string[] = [];
const note = (name: string, reason: string): void => void missing.push(`no ${name}: ${reason.split("\n")[0]}`);
const isCompared = (name: string): boolean => COMPARED.includes(name);
const subjects = [
  ...subjectsOf("hardirqs", IRQTRACE, note, isCompared),
  ...subjectsOf("softirqs", IRQTRACE, note, isCompared),
];
const SKIPPED = missing.length === 0 ? "" : ` (skipped: ${missing[0]?.replaceAll(/[()[\]]/g, "")})`;

test.skipIf(SKIPPED !== "")(
  `each event costs the kernel what the bars allow, beside libbpf-tools and beside bare clock readings${SKIPPED}`,
  async () => {
    const bars = runTimeBars(await measureRunTime(subjects, ROUNDS, WINDOW_MS));
    console.log(barTable(bars));
    expect(bars.filter((bar) => !isMet(bar, ROOM)).map(({ what }) => what)).toEqual([]);
  },
  180_000,
);
