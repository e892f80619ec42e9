import { expect, test } from "bun:test";
import type { LoadedObject } from "@irqtrace/loader";
import { SamplingTracer } from "./sampling-tracer.ts";

/** A tracer of objects that tell when they are disposed of; detaching those that are listed fails. */
function tracerOf(names: readonly string[], failing: readonly string[], told: string[]): SamplingTracer<never> {
  const telling = (what: string, fails: boolean): Disposable => ({
    [Symbol.dispose]: () => {
      told.push(what);
      if (fails) throw new Error(`${what} failed`);
    },
  });
  const objects = names.map((name) => {
    const attach = (): Disposable => telling(`detach ${name}`, failing.includes(name));
    const object = { attach, ...telling(`close ${name}`, false) } as unknown as LoadedObject;
    return { object, programs: [], samplePlans: [] };
  });
  return new SamplingTracer<never>({
    definition: { schema: "example/1", decode: () => [] },
    options: {},
    possibleCpus: [0],
    objects,
    statistics: telling("statistics", false),
    description: { flavour: "raw_tp", libbpf: { path: "", version: "", source: "system" }, programs: [], maps: [] },
  });
}

const ALL = ["detach soft", "detach hard", "close soft", "close hard", "statistics"];

test("disposal ends everything once, the last first", () => {
  const told: string[] = [];
  const tracer = tracerOf(["hard", "soft"], [], told);
  tracer[Symbol.dispose]();
  tracer[Symbol.dispose]();
  expect(told).toEqual(ALL);
});

test("where detaching fails, everything else ends all the same, and the failure is thrown", () => {
  const told: string[] = [];
  const tracer = tracerOf(["hard", "soft"], ["soft"], told);
  expect(() => tracer[Symbol.dispose]()).toThrow("detach soft failed");
  expect(told).toEqual(ALL);
});

test("several failures are thrown together", () => {
  const told: string[] = [];
  const tracer = tracerOf(["hard", "soft"], ["hard", "soft"], told);
  expect(() => tracer[Symbol.dispose]()).toThrow(AggregateError);
  expect(told).toEqual(ALL);
});
