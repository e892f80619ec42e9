import { describe, expect, test } from "bun:test";
import { type InterruptOptions, traceInterrupts } from "./trace-interrupts.ts";

const attempt =
  (options: unknown): (() => void) =>
  () =>
    traceInterrupts(options as InterruptOptions)[Symbol.dispose]();

describe("before anything is loaded", () => {
  test("classes that there are not are refused", () => {
    const allowed = 'Allowed: "all" or an array of "device", "vector", "ipi", "nmi", "softirq".';
    expect(attempt({ classes: [] })).toThrow(
      new RangeError(`Cannot use the option "classes": it is empty. ${allowed}`),
    );
    expect(attempt({ classes: ["smi"] })).toThrow(
      new RangeError(`Cannot use the option "classes": "smi" is given. ${allowed}`),
    );
    expect(attempt({ classes: "softirq" })).toThrow(
      new TypeError(`Cannot use the option "classes": softirq is given. ${allowed}`),
    );
  });

  test("exclusive times are refused where there are no times", () => {
    expect(attempt({ exclusive: true, measure: "count" })).toThrow('"exclusive" together with measure "count"');
    expect(attempt({ exclusive: 1 })).toThrow(TypeError);
  });
});
