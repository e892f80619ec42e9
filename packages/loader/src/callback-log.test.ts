import { expect, test } from "bun:test";
import { closeSync, readdirSync, readlinkSync } from "node:fs";
import { bundledLibbpf } from "@irqtrace/libbpf";
import { CallbackLog } from "./callback-log.ts";
import { scratch } from "./ffi.ts";
import { findLibbpf, type NativeFunctions } from "./find-libbpf.ts";
import { LIBBPF_INFO } from "./kernel-constants.ts";
import type { PrintedLine } from "./log-capture.ts";
import { NativeCalls, startOf } from "./native-calls.ts";

const WAIT_MS = 50;
const calls = new NativeCalls(findLibbpf({ IRQTRACE_LIBBPF: bundledLibbpf()?.path }));
const rubbish = scratch(64);

/** Lets libbpf complain, and gives the lines and how long that took. */
function complain(log: CallbackLog): { lines: readonly PrintedLine[]; tookMs: number } {
  const startMs = performance.now();
  log.start(LIBBPF_INFO);
  calls.functions.bpf_object__open_mem(startOf(rubbish), rubbish.length, null);
  const lines = log.stop();
  return { lines, tookMs: performance.now() - startMs };
}

/** Gives back what a terminated thread left locked, for the tests that come after. */
function releaseLock(): void {
  for (const fd of readdirSync("/proc/self/fd").map(Number)) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) === `/proc/${process.pid}/maps`) closeSync(fd);
    } catch (error) {
      // The descriptor of the listing itself.
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
}

function printFunction({ libbpf_set_print: setPrint }: NativeFunctions): unknown {
  const current = setPrint(null);
  setPrint(current);
  return current;
}

test("messages are kept again once another capture has ended, however long it took", () => {
  const [one, other] = [new CallbackLog(calls), new CallbackLog(calls, WAIT_MS)];
  const before = printFunction(calls.functions);
  one.start(LIBBPF_INFO);
  const first = complain(other);
  expect(first.lines).toEqual([]);
  expect(first.tookMs).toBeWithin(WAIT_MS, 20 * WAIT_MS);
  const second = complain(other);
  expect(second.lines).toEqual([]);
  expect(second.tookMs).toBeLessThan(WAIT_MS);
  expect(one.stop()).toEqual([]);
  expect(complain(other).lines).toHaveLength(1);
  expect(printFunction(calls.functions)).toBe(before as ReturnType<typeof printFunction>);
});

test("a thread that was terminated within a call neither holds others up nor prints for them", async () => {
  const before = calls.functions.libbpf_set_print(null);
  const worker = new Worker(new URL("./testing/hold-capture.ts", import.meta.url));
  await new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
  const closed = new Promise((resolve) => worker.addEventListener("close", resolve, { once: true }));
  worker.terminate();
  await closed;
  const log = new CallbackLog(calls, WAIT_MS);
  expect(complain(log).lines).toEqual([]);
  expect(complain(log).lines).toEqual([]);
  expect(printFunction(calls.functions)).toBeNull();
  releaseLock();
  expect(complain(log).lines).toHaveLength(1);
  calls.functions.libbpf_set_print(before);
});
