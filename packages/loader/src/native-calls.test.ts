import { afterEach, describe, expect, test } from "bun:test";
import { bundledLibbpf } from "@irqtrace/libbpf";
import { ENOENT } from "./errno-table.ts";
import { cString, scratch } from "./ffi.ts";
import { findLibbpf } from "./find-libbpf.ts";
import { LIBBPF_INFO, LIBBPF_WARN } from "./kernel-constants.ts";
import { NativeCalls, startOf } from "./native-calls.ts";
import { ShimLog } from "./shim-log.ts";

const found = findLibbpf({ IRQTRACE_LIBBPF: bundledLibbpf()?.path });
const { shim } = found;
if (shim === null) throw new Error("The bundled libbpf has no shim.");
const captures = [
  ["the shim", new NativeCalls(found)],
  ["a callback", new NativeCalls({ ...found, shim: null })],
] as const;

const rubbish = scratch(64);

/** libbpf tells of this with a debug message and a warning. */
function openRubbish({ bpf_object__open_mem: open }: NativeCalls["functions"]): unknown {
  return open(startOf(rubbish), rubbish.length, null);
}

describe.each(captures)("libbpf's messages by %s", (_name, calls) => {
  afterEach(() => expect(calls.run(() => null).log).toEqual([]));

  test("come with the outcome and errno, debug ones left out", () => {
    const outcome = calls.run(openRubbish);
    expect(outcome).toMatchObject({ value: null, log: [expect.stringContaining("not a proper ELF object")] });
    expect(outcome.errno).toBeGreaterThan(0);
    expect(calls.run(({ bpf_obj_get: get }) => get(startOf(cString("/no/such/pin")))).errno).toBe(ENOENT);
  });

  test("go to the sink in order, debug ones included", () => {
    const lines: string[] = [];
    const { log } = calls.run(openRubbish, (line) => lines.push(line));
    expect(log).toHaveLength(1);
    expect(lines).toEqual([expect.stringContaining("loading object"), log[0] ?? ""]);
  });

  test("are forgotten where what is called throws", () => {
    const failure = new Error("mine");
    const run = (): unknown =>
      calls.run((functions) => {
        openRubbish(functions);
        throw failure;
      });
    expect(run).toThrow(failure);
  });
});

/** The function that libbpf prints with at this moment. */
function printFunction({ libbpf_set_print: setPrint }: NativeCalls["functions"]): unknown {
  const current = setPrint(null);
  setPrint(current);
  return current;
}

test("libbpf's print function is replaced during a call where there is no shim, and never where there is one", () => {
  const before = printFunction(found.functions);
  const [during, duringWithout] = captures.map(([, calls]) => calls.run(printFunction).value);
  expect(during).toBe(before as typeof during);
  expect(duringWithout).not.toBe(before as typeof during);
  expect(printFunction(found.functions)).toBe(before);
});

test("the shim and a callback keep the same lines", () => {
  const linesBy = captures.map(([, calls]) => {
    const lines: string[] = [];
    const { value, errno, log } = calls.run(openRubbish, (line) => lines.push(line));
    return { value, errno, log, lines };
  });
  expect(linesBy[0]).toEqual(linesBy[1] as (typeof linesBy)[number]);
});

test("what the shim had no room for is told", () => {
  const log = new ShimLog(shim, 40);
  log.start(LIBBPF_INFO);
  for (let call = 0; call < 3; call++) openRubbish(found.functions);
  const lines = log.stop();
  expect(lines).toHaveLength(2);
  expect(lines[0]?.text.length).toBe(38);
  expect(lines[1]).toEqual({ level: LIBBPF_WARN, text: "(3 messages of libbpf were too long to be kept whole)" });
});

test("another thread's messages are its own, also while this thread keeps some", async () => {
  const program = `
    import { nativeCalls, startOf } from ${JSON.stringify(new URL("./native-calls.ts", import.meta.url).href)};
    const { log } = nativeCalls().run(({ bpf_object__open_mem: open }) => open(startOf(new Uint8Array(64)), 64, null));
    postMessage(log.length);`;
  const log = new ShimLog(shim);
  log.start(LIBBPF_INFO);
  const worker = new Worker(URL.createObjectURL(new Blob([program], { type: "application/typescript" })));
  const count = await new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  openRubbish(found.functions);
  const own = log.stop();
  worker.terminate();
  expect([count, own.length]).toEqual([1, 1]);
});
