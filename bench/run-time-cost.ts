import { enableStatistics, openObject } from "@irqtrace/loader";
import { alternate, underLoad } from "./alternate.ts";
import { heldPrograms } from "./attached-programs.ts";
import { compileProgram } from "./compile-program.ts";
import { start } from "./start-subject.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { Kind, Subject } from "./subjects.ts";

/** What one subject costs per event, by the kernel's own clock around its programs. */
export interface RunTimeCost {
  readonly subject: Subject;
  /** What all its programs take for an event, in ns; of a mixed subject, for any pair of its programs. */
  readonly wholeNs: Spread;
  /** Less as many runs of empty programs in the same round. */
  readonly netNs: Spread;
  /** Each round's net cost. */
  readonly netOfRounds: readonly number[];
}

/** One round's cost of an event, and how often programs ran for it: counting takes one, timing two. */
interface RoundCost {
  readonly ns: number;
  readonly runs: number;
}

/** Measures by the kernel's program statistics, switched on for as long as it takes. */
export async function measureRunTime(
  subjects: readonly Subject[],
  rounds: number,
  windowMs: number,
): Promise<RunTimeCost[]> {
  using _statistics = enableStatistics();
  using empty = openObject(compileProgram("empty"), undefined, { name: "events" }).load();
  // One listener more for every subject, which tells how many events there were.
  using _counting = empty.attach({ only: ["hardirqs_exit", "softirqs_exit"] });
  const eventsOf = (kind: Kind): number => empty.program(`${kind}_exit`).statistics().runCount;
  const rows = await underLoad(() => alternate(subjects, rounds, (subject) => roundCost(subject, windowMs, eventsOf)));
  const emptyNs = (kind: Kind, round: number): number => {
    const index = subjects.findIndex((subject) => subject.name === "empty" && subject.kind === kind);
    const { ns, runs } = rows[index]?.[round] ?? { ns: Number.NaN, runs: 1 };
    return ns / runs;
  };
  return subjects.map((subject, index) => {
    const costs = rows[index] ?? [];
    const netOfRounds = costs.map(({ ns, runs }, round) => ns - runs * emptyNs(subject.kind, round));
    return { subject, wholeNs: spreadOf(costs.map(({ ns }) => ns)), netNs: spreadOf(netOfRounds), netOfRounds };
  });
}

async function roundCost(subject: Subject, windowMs: number, eventsOf: (kind: Kind) => number): Promise<RoundCost> {
  const running = await start(subject);
  try {
    const [before, eventsBefore] = [totals(running.pid), eventsOf(subject.kind)];
    await Bun.sleep(windowMs);
    const [after, eventsAfter] = [totals(running.pid), eventsOf(subject.kind)];
    const runCount = after.runCount - before.runCount;
    const events = subject.isMixed ? runCount / 2 : eventsAfter - eventsBefore;
    return { ns: (after.runTimeNs - before.runTimeNs) / events, runs: runCount / events };
  } finally {
    await running.stop();
  }
}

/** Of all programs that a process holds. */
function totals(pid: number): { readonly runTimeNs: number; readonly runCount: number } {
  const programs = heldPrograms(pid);
  return {
    runTimeNs: programs.reduce((sum, { runTimeNs }) => sum + runTimeNs, 0),
    runCount: programs.reduce((sum, { runCount }) => sum + runCount, 0),
  };
}
