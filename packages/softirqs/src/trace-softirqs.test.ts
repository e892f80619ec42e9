import { expect, test } from "bun:test";
import { type SoftirqOptions, traceSoftirqs } from "./trace-softirqs.ts";

const WRONG: readonly (readonly [options: object, error: typeof TypeError | typeof RangeError, word: string])[] = [
  [{ latency: 1 }, TypeError, "latency"],
  [{ latency: true, measure: "count" }, TypeError, "measure"],
  [{ places: "stack" }, TypeError, "latency"],
  [{ latency: true, places: "everywhere" }, RangeError, "everywhere"],
];

for (const [options, error, word] of WRONG) {
  test(`the options ${JSON.stringify(options)} are refused before anything is loaded`, () => {
    const call = (): unknown => traceSoftirqs(options as SoftirqOptions);
    expect(call).toThrow(error);
    expect(call).toThrow(word);
  });
}
