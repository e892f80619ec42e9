import { once } from "node:events";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { runRawProgram } from "./run-raw-program.ts";

/** What a worker is to run, and where the two of them wait for each other. */
interface Task {
  readonly programFd: number;
  readonly cpu: number;
  readonly calls: readonly (readonly bigint[])[];
  readonly arrivals: Int32Array;
}

const CPUS = [0, 1] as const;

/** Runs a raw_tp program with each of the arguments on CPUs 0 and 1 at the same moment. */
export async function runAtOnce(programFd: number, calls: readonly (readonly bigint[])[]): Promise<void> {
  const arrivals = new Int32Array(new SharedArrayBuffer(4));
  const workers = CPUS.map(
    (cpu) => new Worker(import.meta.filename, { workerData: { programFd, cpu, calls, arrivals } }),
  );
  const exitCodes = await Promise.all(workers.map(async (worker): Promise<unknown> => (await once(worker, "exit"))[0]));
  if (exitCodes.some((code) => code !== 0)) throw new Error("A worker could not run the program.");
}

function work({ programFd, cpu, calls, arrivals }: Task): void {
  for (const [index, tracepointArguments] of calls.entries()) {
    Atomics.add(arrivals, 0, 1);
    while (Atomics.load(arrivals, 0) < CPUS.length * (index + 1));
    runRawProgram(programFd, tracepointArguments, cpu);
  }
}

if (!isMainThread) work(workerData);
