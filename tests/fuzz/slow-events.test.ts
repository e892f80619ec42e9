import { expect } from "bun:test";
import { LayoutMismatchError } from "@irqtrace/decode";
import { decodeSlowRecord, SLOW_CLASSES, type SlowEvent } from "@irqtrace/interrupts/decode";
import fc from "fast-check";
import { createSlowJson } from "../../apps/cli/src/slow/slow-json.ts";
import { strict, validator } from "../../apps/cli/src/testing/json-schema.ts";
import { windowOf } from "../../packages/decode/src/testing/any-layout.ts";
import schema from "../../packages/interrupts/schema/slow.schema.json" with { type: "json" };
import { anyName, NO_CONTROL } from "./any-name.ts";
import { fuzz } from "./fuzz.ts";

/** A record without frames. */
const HEADER_BYTES = 136;
const CLASS_AT = 36;

const record = fc.record({
  bytes: fc.uint8Array({ maxLength: 200, size: "max" }),
  // Records are mostly of a class that there is.
  slowClass: fc.option(fc.nat({ max: SLOW_CLASSES.length })),
});
fuzz("slow records: any bytes are decoded or refused, and none outside of them is read", 10_000, record, (input) => {
  const bytes = Uint8Array.from(input.bytes);
  if (input.slowClass !== null && bytes.length > CLASS_AT + 4) {
    new DataView(bytes.buffer).setUint32(CLASS_AT, input.slowClass, true);
  }
  const outcomes = [0x00, 0xff].map((outside) => {
    try {
      const decoded = decodeSlowRecord(windowOf(bytes, outside).view);
      expect(decoded.frames.length).toBeLessThanOrEqual((bytes.length - HEADER_BYTES) / 8);
      return decoded;
    } catch (error) {
      expect(error).toBeInstanceOf(LayoutMismatchError);
      return null;
    }
  });
  expect(outcomes[0]).toEqual(outcomes[1] ?? null);
  if (bytes.length < HEADER_BYTES || (input.slowClass ?? 0) >= SLOW_CLASSES.length) expect(outcomes[0]).toBeNull();
});

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const number = fc.nat({ max: 2 ** 31 - 1 });
const frame = fc.record({
  address: u64,
  symbol: fc.option(anyName),
  module: fc.option(anyName),
  offset: number,
});
const event: fc.Arbitrary<SlowEvent> = fc
  .record({
    class: fc.constantFrom(...SLOW_CLASSES),
    unixMs: fc.double({ min: 0, max: 4e12, noNaN: true }),
    bootNs: u64,
    cpu: number,
    numbers: fc.constantFrom({ irq: 7 }, { vector: 3 }, {}),
    name: anyName,
    durationNs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    task: fc.record({ comm: anyName, pid: number, tid: number }),
    mode: fc.constantFrom("user", "kernel", "idle", "unknown"),
    cgroup: fc.option(anyName),
    cgroupId: u64,
    stack: fc.option(fc.array(frame, { maxLength: 3 })),
  })
  .map(({ numbers, stack, ...rest }) => ({ ...rest, ...numbers, ...(stack === null ? {} : { stack }) }));

const validate = validator(strict(schema));
fuzz("slow events: a line of JSON is as the schema says and parses back to the event", 5_000, event, (given) => {
  const text = createSlowJson().event(given);
  expect(text).toMatch(NO_CONTROL);
  const parsed = JSON.parse(text);
  validate(parsed);
  expect(validate.errors).toBeNull();
  const { name, task, cgroup, durationNs, cpu, mode } = given;
  expect(parsed).toMatchObject({ name, task, cgroup, durationNs, cpu, mode, class: given.class });
  expect(Math.abs(Date.parse(parsed.time) - given.unixMs)).toBeLessThan(1);
  expect(parsed.stack?.map(({ address }: { address: string }) => BigInt(address))).toEqual(
    given.stack?.map(({ address }) => address),
  );
});
