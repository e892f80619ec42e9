import { once } from "node:events";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { runRawProgram } from "./run-raw-program.ts";

/** A raw_tp program, and the arguments to run it with. */
export interface Call {
  readonly programFd: number;
  readonly tracepointArguments: readonly bigint[];
}

/** What a worker is to run; before each `stride`th call the two of them wait for each other. */
interface Task {
  readonly cpu: number;
  readonly calls: readonly Call[];
  readonly stride: number;
  readonly arrivals: Int32Array;
}

const CPUS = [0, 1] as const;

/** Runs the calls on CPUs 0 and 1, beginning at the same moment: each call, or each group of `stride` of them. */
export async function runAtOnce(calls: readonly Call[], stride = 1): Promise<void> {
  const arrivals = new Int32Array(new SharedArrayBuffer(4));
  const workers = CPUS.map((cpu) => new Worker(import.meta.filename, { workerData: { cpu, calls, stride, arrivals } }));
  const exitCodes = await Promise.all(workers.map(async (worker): Promise<unknown> => (await once(worker, "exit"))[0]));
  if (exitCodes.some((code) => code !== 0)) throw new Error("A worker could not run the program.");
}

function work({ cpu, calls, stride, arrivals }: Task): void {
  for (const [index, { programFd, tracepointArguments }] of calls.entries()) {
    if (index % stride === 0) {
      Atomics.add(arrivals, 0, 1);
      while (Atomics.load(arrivals, 0) < CPUS.length * (index / stride + 1));
    }
    runRawProgram(programFd, tracepointArguments, cpu);
  }
}

if (!isMainThread) work(workerData);
