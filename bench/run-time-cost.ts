import { enableStatistics } from "@irqtrace/loader";
import { alternate, underLoad } from "./alternate.ts";
import { heldPrograms } from "./attached-programs.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { type Kind, type Subject, start } from "./subjects.ts";

/** What one subject costs per event, by the kernel's own clock around its programs. */
export interface RunTimeCost {
  readonly subject: Subject;
  /** Sum of the programs that run for each event, in ns. */
  readonly wholeNs: Spread;
  /** Less as many empty programs in the same round. */
  readonly netNs: Spread;
  /** Each round's net cost. */
  readonly netOfRounds: readonly number[];
}

/** Fewer runs than that are another probe's: one at the start, for instance. */
const FEWEST_RUNS = 100;

/** One round's cost, and how many programs ran for each event: counting takes one, timing two. */
interface RoundCost {
  readonly ns: number;
  readonly programs: number;
}

/** Measures by the kernel's program statistics, switched on for as long as it takes. */
export async function measureRunTime(
  subjects: readonly Subject[],
  rounds: number,
  windowMs: number,
): Promise<RunTimeCost[]> {
  using _statistics = enableStatistics();
  const rows = await underLoad(() => alternate(subjects, rounds, (subject) => roundCost(subject, windowMs)));
  const emptyNs = (kind: Kind, round: number): number => {
    const empty = subjects.findIndex((subject) => subject.name === "empty" && subject.kind === kind);
    const { ns, programs } = rows[empty]?.[round] ?? { ns: Number.NaN, programs: 1 };
    return ns / programs;
  };
  return subjects.map((subject, index) => {
    const costs = rows[index] ?? [];
    const netOfRounds = costs.map(({ ns, programs }, round) => ns - programs * emptyNs(subject.kind, round));
    return { subject, wholeNs: spreadOf(costs.map(({ ns }) => ns)), netNs: spreadOf(netOfRounds), netOfRounds };
  });
}

async function roundCost(subject: Subject, windowMs: number): Promise<RoundCost> {
  const running = await start(subject);
  try {
    const before = new Map(heldPrograms(running.pid).map((program) => [program.id, program]));
    await Bun.sleep(windowMs);
    const costs = heldPrograms(running.pid).flatMap(({ id, runTimeNs, runCount }) => {
      const runs = runCount - (before.get(id)?.runCount ?? 0);
      return runs < FEWEST_RUNS ? [] : [(runTimeNs - (before.get(id)?.runTimeNs ?? 0)) / runs];
    });
    return { ns: costs.reduce((sum, ns) => sum + ns, 0), programs: costs.length };
  } finally {
    await running.stop();
  }
}
