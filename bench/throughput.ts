import { DiskFile, spawnAt, udpCommand } from "../tests/kernel/load/loads.ts";
import { alternate } from "./alternate.ts";
import { meanOf } from "./statistics.ts";
import { type Subject, start } from "./subjects.ts";

/** How much slower a load runs while a subject traces, in per cent of the untraced rate, with a 95 % interval. */
export interface Slowdown {
  readonly subject: Subject;
  readonly percent: number;
  readonly plusMinus: number;
  readonly untracedPerSecond: number;
}

const PACKETS = 60_000;
const READS = 8_192;

/** Times a fixed amount of work, packets for softirqs and reads for hardirqs, untraced and with each subject. */
export async function measureThroughput(subjects: readonly Subject[], rounds: number): Promise<Slowdown[]> {
  using file = new DiskFile();
  const results = await alternate(subjects, rounds, async (subject) => {
    const command = subject.kind === "softirqs" ? udpCommand(PACKETS) : file.readCommand(READS);
    const untracedS = await secondsOf(command);
    const running = await start(subject);
    try {
      return { untracedS, tracedS: await secondsOf(command) };
    } finally {
      await running.stop();
    }
  });
  return subjects.map((subject, index) => {
    const runs = results[index] ?? [];
    const work = subject.kind === "softirqs" ? PACKETS : READS;
    const { mean, plusMinus } = meanOf(runs.map(({ untracedS, tracedS }) => 100 * (1 - untracedS / tracedS)));
    const untracedPerSecond = meanOf(runs.map(({ untracedS }) => work / untracedS)).mean;
    return { subject, percent: mean, plusMinus, untracedPerSecond };
  });
}

async function secondsOf(command: readonly string[]): Promise<number> {
  const startNs = Bun.nanoseconds();
  const load = spawnAt(command);
  if ((await load.exited) !== 0) throw new Error(`The load failed:\n${await new Response(load.stderr).text()}`);
  return (Bun.nanoseconds() - startNs) / 1e9;
}
