import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { isMet, runTimeBars } from "../../bench/bars.ts";
import { measureRunTime } from "../../bench/run-time-cost.ts";
import { subjectsOf } from "../../bench/subjects.ts";
import { barTable } from "../../bench/tables.ts";

const IRQTRACE = resolve(import.meta.dir, "../../irqtrace");
const COMPARED: readonly string[] = ["empty", "floor", "irqtrace", "irqtrace --count", "libbpf-tools, newest"];
const ROUNDS = 5;
/** What else the machine does can spoil all rounds of one measurement; what the programs do fails each of them. */
const ATTEMPTS = 3;
const WINDOW_MS = 500;
/** Runs differ; a hash look-up per event, planted, is far beyond. */
const ROOM = 0.15;

const missing: string[] = [];
const note = (name: string, reason: string): void => void missing.push(`no ${name}: ${reason.split("\n")[0]}`);
const isCompared = (name: string): boolean => COMPARED.includes(name);
const KINDS = ["hardirqs", "softirqs"] as const;
const groups = KINDS.map((kind) => ({ kind, subjects: subjectsOf(kind, IRQTRACE, note, isCompared) }));
const SKIPPED = missing.length === 0 ? "" : ` (skipped: ${missing[0]?.replaceAll(/[()[\]]/g, "")})`;

/** The bars of a kind that are not met, by what they are about. A kind at a time, so that what is compared lies close in time. */
async function failedBars({ kind, subjects }: (typeof groups)[number]): Promise<readonly string[]> {
  const costs = await measureRunTime(subjects, ROUNDS, WINDOW_MS);
  const bars = runTimeBars(costs).filter(({ what }) => what.startsWith(kind));
  console.log(barTable(bars));
  return bars.filter((bar) => !isMet(bar, ROOM)).map(({ what }) => what);
}

for (const group of groups) {
  test.skipIf(SKIPPED !== "")(
    `each event of ${group.kind} costs the kernel what the bars allow, beside libbpf-tools and beside bare clock readings${SKIPPED}`,
    async () => {
      let failed = await failedBars(group);
      for (let attempt = 1; attempt < ATTEMPTS && failed.length > 0; attempt++) {
        const again = await failedBars(group);
        failed = failed.filter((what) => again.includes(what));
      }
      expect(failed).toEqual([]);
    },
    180_000,
  );
}
