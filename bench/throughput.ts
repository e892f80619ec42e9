import { DiskFile, spawnAt, udpCommand } from "../tests/kernel/load/loads.ts";
import { alternate } from "./alternate.ts";
import { start } from "./start-subject.ts";
import { estimate } from "./statistics.ts";
import type { Kind, Subject } from "./subjects.ts";

/** How much slower a load runs while a subject traces, in per cent of the untraced rate, with a 95 % interval. */
export interface Slowdown {
  readonly subject: Subject;
  readonly percent: number;
  readonly plusMinus: number;
  readonly untracedPerSecond: number;
}

/** The amounts of work that are timed. */
export interface Work {
  readonly packets: number;
  readonly reads: number;
}

/** Times a fixed amount of work, packets for softirqs and reads for hardirqs, with each subject, and without before and after it. */
export async function measureThroughput(
  subjects: readonly Subject[],
  rounds: number,
  { packets, reads }: Work,
): Promise<Slowdown[]> {
  using file = new DiskFile();
  const commands = { softirqs: udpCommand(packets), hardirqs: file.readCommand(reads) };
  let last: { readonly kind: Kind; readonly untracedS: number } | null = null;
  const results = await alternate(subjects, rounds, async (subject) => {
    const command = commands[subject.kind];
    // What comes after one subject comes before the next.
    const beforeS = last?.kind === subject.kind ? last.untracedS : await secondsOf(command);
    const tracedS = await tracedSeconds(subject, command);
    const afterS = await secondsOf(command);
    last = { kind: subject.kind, untracedS: afterS };
    return { tracedS, untracedS: (beforeS + afterS) / 2 };
  });
  return subjects.map((subject, index) => {
    const measured = results[index] ?? [];
    const work = subject.kind === "softirqs" ? packets : reads;
    const { mean, plusMinus } = estimate(measured.map(({ untracedS, tracedS }) => 100 * (1 - untracedS / tracedS)));
    const untracedPerSecond = estimate(measured.map(({ untracedS }) => work / untracedS)).mean;
    return { subject, percent: mean, plusMinus, untracedPerSecond };
  });
}

async function tracedSeconds(subject: Subject, command: readonly string[]): Promise<number> {
  const running = await start(subject);
  try {
    return await secondsOf(command);
  } finally {
    await running.stop();
  }
}

async function secondsOf(command: readonly string[]): Promise<number> {
  const startNs = Bun.nanoseconds();
  const load = spawnAt(command);
  if ((await load.exited) !== 0) throw new Error(`The load failed:\n${await new Response(load.stderr).text()}`);
  return (Bun.nanoseconds() - startNs) / 1e9;
}
