import { describe, expect, test } from "bun:test";
import { SLOW_CLASSES } from "@irqtrace/interrupts";
import slowSchema from "@irqtrace/interrupts/slow.schema.json" with { type: "json" };
import { ClosedOutputError } from "../closed-output-error.ts";
import { main } from "../main.ts";
import { FakeEnvironment, type FakeSettings } from "../testing/fake-environment.ts";
import { FakeSlowTracer, type SlowScript } from "../testing/fake-slow-tracer.ts";
import { expectGolden } from "../testing/golden.ts";
import { strict, validator } from "../testing/json-schema.ts";
import { scriptOf } from "../testing/scripts.ts";
import { ALL_SLOW, SLOW_CASES } from "../testing/slow-cases.ts";
import { HOSTILE_EVENTS, SLOW_EVENTS, SLOW_LOST, STACKED_EVENTS } from "../testing/slow-events.ts";
import { lostSentence } from "./lost-sentence.ts";
import { SLOW_CLASS_NAMES } from "./slow-invocation.ts";

interface Run {
  readonly environment: FakeEnvironment;
  readonly tracer: FakeSlowTracer;
  readonly code: number;
}

/** Runs until all batches were given, then asks it to end. */
async function runSlow(words: string, script: SlowScript, settings: Partial<FakeSettings> = {}): Promise<Run> {
  const tracer = new FakeSlowTracer(script);
  const environment = new FakeEnvironment({ script: scriptOf([]), slow: tracer, ...settings });
  const running = main(["slow", ...words.split(" ").filter(Boolean)], environment);
  const isGiven = (): boolean => environment.openedSlow.length > 0 && tracer.batchesGiven === script.batches.length;
  for (let turn = 0; turn < 200 && !isGiven(); turn++) await Bun.sleep(1);
  environment.send("SIGINT");
  return { environment, tracer, code: await running };
}

describe("what it prints, character by character:", () => {
  test.each(SLOW_CASES)("$file", async ({ file, words, script, settings }) => {
    const { environment, code } = await runSlow(words, script, settings);
    expect(code).toBe(0);
    const withoutEnd = environment.outputText.replace(/"end":"[^"]*"/, '"end":"2026-03-29T01:00:00.000Z"');
    expectGolden(file, withoutEnd);
  });
});

test("every line of JSON is as the schema says", async () => {
  const validate = validator(strict(slowSchema));
  const events = [...SLOW_EVENTS, ...STACKED_EVENTS, ...HOSTILE_EVENTS];
  const { environment } = await runSlow("--json", { batches: [events], lost: SLOW_LOST });
  const lines = environment.outputText.split("\n").slice(0, -1);
  expect(lines).toHaveLength(events.length + 1);
  for (const line of lines) {
    validate(JSON.parse(line));
    expect(validate.errors).toBeNull();
  }
});

test("events are written as they come, not at the end", async () => {
  const { environment } = await runSlow("", ALL_SLOW);
  // The header, then each batch.
  expect(environment.reports).toHaveLength(3);
});

test("what is left at the end is written too, and the tracer closed", async () => {
  const { environment, tracer, code } = await runSlow("", { batches: [], last: SLOW_EVENTS.slice(0, 1) });
  expect(environment.outputText).toContain("virtio1-req.0");
  expect([code, tracer.isDisposed, environment.listenerCount]).toEqual([0, true, 0]);
});

test("it ends by itself when the time is up", async () => {
  const tracer = new FakeSlowTracer({ batches: [SLOW_EVENTS] });
  const environment = new FakeEnvironment({ script: scriptOf([]), slow: tracer });
  expect(await main(["slow", "10ms"], environment)).toBe(0);
  expect(tracer.isDisposed).toBe(true);
});

test.each([
  ["", 0],
  ["--json", 1],
])("a reader that stands still does not keep slow %s attached beyond its time", async (words, batches) => {
  const tracer = new FakeSlowTracer({ batches: [SLOW_EVENTS] });
  const stdout = { write: (): Promise<void> => new Promise(() => {}) };
  const environment = new FakeEnvironment({ script: scriptOf([]), slow: tracer, stdout });
  void main(["slow", "50ms", ...words.split(" ").filter(Boolean)], environment);
  while (!tracer.isDisposed) await Bun.sleep(1);
  expect(tracer.batchesGiven).toBe(batches);
});

test("a closed pipe ends it quietly with 0", async () => {
  const closed = async (): Promise<void> => {
    throw new ClosedOutputError("closed");
  };
  const tracer = new FakeSlowTracer(ALL_SLOW);
  const stdout = { write: closed };
  const environment = new FakeEnvironment({ script: scriptOf([]), slow: tracer, stdout });
  expect(await main(["slow"], environment)).toBe(0);
  expect([environment.errorText, tracer.isDisposed]).toEqual(["", true]);
});

describe("on stderr", () => {
  test("nothing is said where nothing is wrong", async () => {
    expect((await runSlow("", ALL_SLOW)).environment.errorText).toBe("");
  });

  test("what was lost is said at the end, on one line", async () => {
    const { environment } = await runSlow("", { ...ALL_SLOW, lost: SLOW_LOST });
    expect(environment.errorText).toBe(
      "irqtrace: not shown: 1250 beyond what a CPU may report (CPU 0: 1000, CPU 3: 250); 7 that found no room in the buffer (CPU 3: 7); 2 whose start was not seen; 3 softirqs whose raise was not seen; 1 that the kernel left out.\n",
    );
  });

  test("a kernel that hides its addresses is told of, on one line", async () => {
    const hidden = { ...ALL_SLOW, description: { hidesAddresses: true } };
    expect((await runSlow("", hidden)).environment.errorText).toBe(
      "irqtrace: the kernel hides its addresses from this process (kernel.kptr_restrict, CAP_SYSLOG): the mode is unknown.\n",
    );
    expect((await runSlow("--stack", hidden)).environment.errorText).toContain("stacks have no names, and the mode is");
  });

  test("-v says what was loaded and what there is not", async () => {
    const { errorText } = (await runSlow("-v", ALL_SLOW)).environment;
    expect(errorText).toContain("irqtrace: classes: device, softirq; not here: ipi\n");
    expect(errorText).toContain("irqtrace: map events: 262144 entries, 262144 bytes\n");
  });
});

test("many CPUs that lost events are counted and not listed", () => {
  const perCpu = Array.from({ length: 64 }, (_, cpu) => ({ cpu, suppressed: 2, bufferFull: 0 }));
  expect(lostSentence({ ...SLOW_LOST, suppressed: 128, bufferFull: 0, unmatched: 0, unmatchedRaise: 0, perCpu })).toBe(
    "irqtrace: not shown: 128 beyond what a CPU may report (on 64 CPUs); 1 that the kernel left out.\n",
  );
});

describe("the command line", () => {
  const options = async (words: string): Promise<unknown> => (await runSlow(words, ALL_SLOW)).environment.openedSlow[0];

  test("asks for a tenth of a millisecond and all classes by default", async () => {
    expect(await options("")).toMatchObject({ overNs: 100_000, classes: undefined, stack: false, cpus: undefined });
    expect(await options("--class all")).toMatchObject({ classes: undefined });
  });

  test.each([
    ["0", 0],
    ["500ns", 500],
    ["100us", 100_000],
    ["1.001us", 1_001],
    ["20µs", 20_000],
    [".5ms", 500_000],
    ["1000s", 1e12],
  ])("--over %s is %d ns", async (text, overNs) => {
    expect(await options(`--over ${text}`)).toMatchObject({ overNs });
  });

  test("hands every option on", async () => {
    const words = "--class raise,device,raise --stack --cpu 0,2-3 -c /web --probe raw_tp";
    expect(await options(words)).toMatchObject({
      ...{ classes: ["device", "raise"], stack: true, cpus: [0, 2, 3], cgroup: "/web", flavour: "raw_tp" },
    });
  });

  test("knows the classes that the package knows", () => {
    expect([...SLOW_CLASS_NAMES]).toEqual([...SLOW_CLASSES]);
  });
});
