import { isMainThread, Worker, workerData } from "node:worker_threads";
import { openObject, ringBuffer } from "@irqtrace/loader";
import { runRawProgram } from "../tests/kernel/run-raw-program.ts";
import { compileProgram } from "./compile-program.ts";

/** How fast records of 64 bytes were drained while they were written at that rate. */
export interface RingDrain {
  readonly recordsPerSecond: number;
  readonly records: number;
  readonly lost: number;
}

const SECONDS = 3;
const RECORDS_PER_RUN = 1_000;
const IDLE_MS = 1;

/** Writes on one CPU at `perSecond` and drains on another, for some seconds. */
export async function measureRing(perSecond: number): Promise<RingDrain> {
  using loaded = openObject(compileProgram("ring"), undefined, { name: "ring" }).load();
  using ring = ringBuffer(loaded.map("ring"));
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const programFd = loaded.program("fill").fd;
  const writer = new Worker(import.meta.filename, { workerData: { programFd, perSecond, stop } });
  const ended = Promise.withResolvers<void>();
  writer.on("error", ended.reject);
  writer.on("exit", () => ended.resolve());
  let records = 0;
  let expected = 0n;
  let gaps = 0;
  const drain = (): number =>
    ring.consume((view, at) => {
      const sequence = view.getBigUint64(at, true);
      if (sequence !== expected) gaps++;
      expected = sequence + 1n;
      records++;
    });
  const startNs = Bun.nanoseconds();
  while (Bun.nanoseconds() - startNs < SECONDS * 1e9) if (drain() === 0) await Bun.sleep(IDLE_MS);
  Atomics.store(stop, 0, 1);
  await ended.promise;
  while (drain() > 0);
  const seconds = (Bun.nanoseconds() - startNs) / 1e9;
  if (gaps > 0) throw new Error(`${gaps} records came out of order.`);
  const refused: unknown = loaded.section("bss").read("refused");
  return { recordsPerSecond: records / seconds, records, lost: Number(refused) };
}

/** Runs the program that fills the ring, no faster than asked. */
function write({ programFd, perSecond, stop }: { programFd: number; perSecond: number; stop: Int32Array }): void {
  const startNs = Bun.nanoseconds();
  for (let runs = 0; Atomics.load(stop, 0) === 0; runs++) {
    while ((Bun.nanoseconds() - startNs) / 1e9 < (runs * RECORDS_PER_RUN) / perSecond && Atomics.load(stop, 0) === 0);
    runRawProgram(programFd, [0n, 0n], 1);
  }
}

if (!isMainThread) write(workerData);
