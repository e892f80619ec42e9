import { workerData } from "node:worker_threads";
import { type Address, memoryAt } from "../ffi.ts";

/** A thread that stores two values in turn, each by one access, until it is told to stop. */
export interface StoreInTurn {
  /** Of 8 bytes in this process. */
  readonly address: Address;
  readonly values: readonly [bigint, bigint];
  /** Shared: not 0 ends it. */
  readonly stop: Int32Array;
}

const { address, values, stop }: StoreInTurn = workerData;
// SAFETY: the memory stays mapped until this thread has ended.
const word = new BigUint64Array(memoryAt(address, 8));
while (Atomics.load(stop, 0) === 0) for (const value of values) Atomics.store(word, 0, value);
