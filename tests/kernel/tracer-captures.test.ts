import { describe, expect, test } from "bun:test";
import { LayoutMismatchError, type RawMap, type RawSnapshot } from "@irqtrace/decode";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { decodeHardirqs } from "@irqtrace/hardirqs/decode";
import { traceInterrupts, traceVictims } from "@irqtrace/interrupts";
import { countsPerCpu, decodeInterrupts, decodeVictims } from "@irqtrace/interrupts/decode";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { decodeSoftirqs } from "@irqtrace/softirqs/decode";
import type { Tracer } from "@irqtrace/tracer";
import { sendUdp } from "./load/loads.ts";

/** What anyone can pass, whatever the types say. */
const wrong = (value: unknown): never => value as never;

async function captured(tracer: Tracer<unknown>): Promise<RawSnapshot> {
  using running = tracer;
  await sendUdp(200);
  return running.capture();
}

type Decode = (raw: RawSnapshot) => readonly unknown[];
const KINDS: readonly (readonly [name: string, trace: () => Tracer<unknown>, decode: Decode])[] = [
  ["hardirqs", () => traceHardirqs({ classes: "all", exclusive: true }), (raw) => decodeHardirqs(raw).rows],
  ["softirqs", () => traceSoftirqs({ latency: true }), (raw) => decodeSoftirqs(raw).rows],
  ["interrupts", () => traceInterrupts({ exclusive: true }), (raw) => decodeInterrupts(raw).rows],
  [
    "softirqs alone of interrupts",
    () => traceInterrupts({ classes: ["softirq"] }),
    (raw) => decodeInterrupts(raw).rows,
  ],
  ["victims", () => traceVictims({ by: "cpu-mode" }), (raw) => decodeVictims(raw).rows],
  ["softirqs, as counts per CPU", () => traceSoftirqs(), (raw) => countsPerCpu(raw)],
];

const ofMaps = (raw: RawSnapshot, change: (map: RawMap) => unknown): RawSnapshot => ({
  ...raw,
  maps: wrong(Object.fromEntries(Object.entries(raw.maps).map(([name, map]) => [name, change(map)]))),
});

const DAMAGES: readonly (readonly [name: string, damage: (raw: RawSnapshot) => unknown])[] = [
  ["that is null", () => null],
  ["that is empty", () => ({})],
  ["without maps", (raw) => ({ ...raw, maps: undefined })],
  ["without possible CPUs", (raw) => ({ ...raw, possibleCpus: undefined })],
  ["that went through JSON", (raw) => JSON.parse(JSON.stringify(raw))],
  ["whose maps are null", (raw) => ofMaps(raw, () => null)],
  ["whose bytes are texts", (raw) => ofMaps(raw, (map) => ({ ...map, bytes: "AAAA" }))],
  ["whose bytes are buffers", (raw) => ofMaps(raw, (map) => ({ ...map, bytes: map.bytes.slice().buffer }))],
  ["whose bytes are cut off", (raw) => ofMaps(raw, (map) => ({ ...map, bytes: map.bytes.subarray(1) }))],
  ["with more bytes", (raw) => ofMaps(raw, (map) => ({ ...map, bytes: new Uint8Array(map.bytes.length + 8) }))],
  ["whose maps are of fewer entries", (raw) => ofMaps(raw, (map) => ({ ...map, entries: map.entries - 1 }))],
];

describe.each([...KINDS])("a capture of %s", (_, trace, decode) => {
  test("decodes to rows, also after it was stored", async () => {
    const raw = await captured(trace());
    const rows = decode(raw);
    expect(rows.length).toBeGreaterThan(0);
    expect(decode(structuredClone(raw))).toEqual([...rows]);
  });

  test("that is damaged is refused", async () => {
    const raw = await captured(trace());
    const outcomes = DAMAGES.map(([damage, apply]) => [damage, outcomeOf(() => decode(wrong(apply(raw))))]);
    expect(outcomes).toEqual(DAMAGES.map(([damage]) => [damage, "LayoutMismatchError"]));
  });
});

test("each decoder refuses the captures of the others", async () => {
  const kinds = KINDS.filter(([name]) => !name.includes(","));
  for (const [name, trace] of kinds) {
    const raw = await captured(trace());
    for (const [other, , decode] of kinds) {
      const isSame = name.endsWith(other) || other.endsWith(name);
      expect([name, other, outcomeOf(() => decode(raw)) === "LayoutMismatchError"]).toEqual([name, other, !isSame]);
    }
  }
});

/** The name of what it throws, or what it gives. */
function outcomeOf(call: () => readonly unknown[]): string {
  try {
    return `${call().length} rows`;
  } catch (error) {
    return error instanceof LayoutMismatchError ? "LayoutMismatchError" : String(error);
  }
}
