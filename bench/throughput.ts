import { DiskFile, spawnAt, udpCommand } from "../tests/kernel/load/loads.ts";
import { alternate } from "./alternate.ts";
import { start } from "./start-subject.ts";
import { estimate } from "./statistics.ts";
import type { Subject } from "./subjects.ts";

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

/** Times a fixed amount of work, packets for softirqs and reads for hardirqs, with each subject and without, which of the two first changing by round. */
export async function measureThroughput(
  subjects: readonly Subject[],
  rounds: number,
  { packets, reads }: Work,
): Promise<Slowdown[]> {
  using file = new DiskFile();
  let runs = 0;
  const results = await alternate(subjects, rounds, async (subject) => {
    const command = subject.kind === "softirqs" ? udpCommand(packets) : file.readCommand(reads);
    const isTracedFirst = Math.floor(runs++ / subjects.length) % 2 === 1;
    const firstS = isTracedFirst ? await tracedSeconds(subject, command) : await secondsOf(command);
    const secondS = isTracedFirst ? await secondsOf(command) : await tracedSeconds(subject, command);
    return isTracedFirst ? { tracedS: firstS, untracedS: secondS } : { tracedS: secondS, untracedS: firstS };
  });
  return subjects.map((subject, index) => {
    const pairs = results[index] ?? [];
    const work = subject.kind === "softirqs" ? packets : reads;
    const { mean, plusMinus } = estimate(pairs.map(({ untracedS, tracedS }) => 100 * (1 - untracedS / tracedS)));
    const untracedPerSecond = estimate(pairs.map(({ untracedS }) => work / untracedS)).mean;
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
