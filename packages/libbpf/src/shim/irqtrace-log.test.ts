import { expect, test } from "bun:test";
import fc from "fast-check";
import { GuardedMemory, openShim } from "../testing/open-shim.ts";
import {
  captureLog,
  DEBUG,
  EMPTY_LOG,
  HEADER_BYTES,
  type LogMessage,
  openMissing,
  type ReadLog,
  WARN,
} from "../testing/shim-log.ts";

const shim = openShim();
const EINVAL = -22;

// What libbpf says of a file that is not there.
const debugText = (path: string): string => `libbpf: loading object from ${path}`;
const warningText = (path: string): string => `libbpf: elf: failed to open ${path}: -ENOENT`;
/** Of any length, and never there. */
const pathOf = (length: number): string => "no/".repeat(Math.ceil(length / 3)).slice(0, length);

test("a thread's messages are kept with their levels, without the ends of their lines", () => {
  const log = captureLog(shim, 4096, DEBUG, () => openMissing(shim, "no/such.bpf.o"));
  expect(log.messages).toEqual([
    { level: DEBUG, text: debugText("no/such.bpf.o") },
    { level: WARN, text: warningText("no/such.bpf.o") },
  ]);
  expect([log.lostMessages, log.lostBytes]).toEqual([0, 0]);
});

test("levels above the one asked for are left out and are no loss", () => {
  const log = captureLog(shim, 4096, WARN, () => openMissing(shim, "no/such.bpf.o"));
  expect(log.messages).toEqual([{ level: WARN, text: warningText("no/such.bpf.o") }]);
  expect(log.lostMessages).toBe(0);
});

test("a capture forgets the one before, whether that was read or not", () => {
  captureLog(shim, 4096, WARN, () => openMissing(shim, "no/read"));
  expect(captureLog(shim, 4096, WARN, () => {})).toEqual(EMPTY_LOG);
  shim.irqtrace_log_start(4096, WARN);
  openMissing(shim, "no/unread");
  expect(captureLog(shim, 4096, WARN, () => openMissing(shim, "no/last")).messages).toEqual([
    { level: WARN, text: warningText("no/last") },
  ]);
});

/** What irqtrace-shim.h promises, said again. */
function expectedLog(byteLimit: number, maxLevel: number, said: readonly LogMessage[]): ReadLog {
  const messages: LogMessage[] = [];
  let [usedBytes, lostMessages, lostBytes] = [0, 0, 0];
  for (const { level, text } of said.filter((message) => message.level <= maxLevel)) {
    const limit = level === DEBUG ? Math.floor(byteLimit / 4) * 3 : byteLimit;
    const room = Math.max(limit - usedBytes, 0);
    // A digit before, a NUL behind.
    const kept = room < 3 ? "" : text.slice(0, room - 2);
    if (room >= 3) {
      messages.push({ level, text: kept });
      usedBytes += kept.length + 2;
    }
    if (kept.length < text.length) {
      lostMessages += 1;
      lostBytes += text.length - kept.length;
    }
  }
  return { usedBytes, lostMessages, lostBytes, messages };
}

test("within any limit, what fits is kept and what does not is counted", () => {
  const path = fc.nat(400).map((length) => `/no/${pathOf(length)}`);
  const levels = fc.constantFrom(WARN, DEBUG);
  fc.assert(
    fc.property(fc.array(path, { maxLength: 8 }), fc.nat(4000), levels, (paths, byteLimit, maxLevel) => {
      const log = captureLog(shim, byteLimit, maxLevel, () => {
        for (const one of paths) openMissing(shim, one);
      });
      const said = paths.flatMap((one) => [
        { level: DEBUG, text: debugText(one) },
        { level: WARN, text: warningText(one) },
      ]);
      expect(log).toEqual(expectedLog(byteLimit, maxLevel, said));
    }),
    { numRuns: 300 },
  );
});

test("a capture grows to whatever is said", () => {
  const paths = Array.from({ length: 2000 }, (_, index) => `no/${index}`);
  const { messages, lostMessages } = captureLog(shim, 2 ** 32 - 1, WARN, () => {
    for (const path of paths) openMissing(shim, path);
  });
  expect(messages.map(({ text }) => text)).toEqual(paths.map(warningText));
  expect(lostMessages).toBe(0);
});

test("debug messages leave room for a warning", () => {
  const log = captureLog(shim, 1000, DEBUG, () => openMissing(shim, pathOf(1000)));
  expect(log.messages.map(({ level, text }) => [level, text.length])).toEqual([
    [DEBUG, 748],
    [WARN, 248],
  ]);
  expect(log.lostMessages).toBe(2);
});

test("memory that is missing or too small is refused, and what was captured is not lost by that", () => {
  shim.irqtrace_log_start(4096, WARN);
  openMissing(shim, "no/such.bpf.o");
  const byteLength = shim.irqtrace_log_stop();
  expect(byteLength).toBe(HEADER_BYTES + 2 + warningText("no/such.bpf.o").length);
  using memory = new GuardedMemory(shim, byteLength);
  expect(shim.irqtrace_log_read(null, byteLength)).toBe(EINVAL);
  expect(shim.irqtrace_log_read(memory.address, byteLength - 1)).toBe(EINVAL);
  expect(shim.irqtrace_log_stop()).toBe(byteLength);
  expect(shim.irqtrace_log_read(memory.address, byteLength)).toBe(byteLength);
  expect(shim.irqtrace_log_stop()).toBe(0);
});

test("outside of a capture libbpf prints as it does by itself: warnings to standard error, debug messages nowhere", () => {
  const script = `
    const { openShim } = await import(${JSON.stringify(import.meta.resolve("../testing/open-shim.ts"))});
    const { captureLog, openMissing } = await import(${JSON.stringify(import.meta.resolve("../testing/shim-log.ts"))});
    const shim = openShim();
    openMissing(shim, "no/before");
    captureLog(shim, 4096, 2, () => openMissing(shim, "no/during"));
    openMissing(shim, "no/after");`;
  const child = Bun.spawnSync([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  expect(child.exitCode).toBe(0);
  expect(child.stderr.toString()).toBe(`${warningText("no/before")}\n${warningText("no/after")}\n`);
});

test("threads that call at the same time each get their own messages alone", async () => {
  const names = ["one", "two", "three"];
  const workers = names.map((name) => {
    const worker = new Worker(new URL("../testing/log-worker.ts", import.meta.url).href);
    const answer = new Promise<readonly string[]>((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<readonly string[]>) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    worker.postMessage({ name, count: 500 });
    return answer.finally(() => worker.terminate());
  });
  for (let round = 0; round < 200; round += 1) {
    const { messages } = captureLog(shim, 4096, WARN, () => openMissing(shim, `no/main-${round}`));
    expect(messages.map(({ text }) => text)).toEqual([warningText(`no/main-${round}`)]);
    await Bun.sleep(0);
  }
  const expected = names.map((name) => Array.from({ length: 500 }, (_, index) => warningText(`no/${name}-${index}`)));
  expect(await Promise.all(workers)).toEqual(expected);
});
