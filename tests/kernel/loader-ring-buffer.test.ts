import { describe, expect, test } from "bun:test";
import { codec } from "@irqtrace/decode";
import { bundledLibbpf } from "@irqtrace/libbpf";
import { type LoadedObject, openObject, type RingBuffer, ringBuffer } from "@irqtrace/loader";
import { CallbackRing } from "../../packages/loader/src/callback-ring.ts";
import { findLibbpf } from "../../packages/loader/src/find-libbpf.ts";
import type { KernelMap } from "../../packages/loader/src/kernel-map.ts";
import { MappedRing } from "../../packages/loader/src/mapped-ring.ts";
import { openRecords, type RecordSource } from "../../packages/loader/src/ring-buffer.ts";
import { sendUdp } from "./load/loads.ts";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

const RECORD_BYTES = 24;
const NO_WAKEUP = 1n;
const event = codec({
  kind: "struct",
  name: "event",
  size: 16,
  fields: [
    { name: "sequence", offset: 0, type: "u53" },
    { name: "vector", offset: 8, type: "u32" },
  ],
});

const { shim: SHIM } = findLibbpf({ IRQTRACE_LIBBPF: bundledLibbpf()?.path });
/** What {@link openRecords} chooses by. */
const WAYS = [
  ["memory", "x64", null],
  ["memory and the shim", "arm64", SHIM],
  ["libbpf", "arm64", null],
] as const;

function load(ringBytes: number, wakeupFlags: bigint = NO_WAKEUP): LoadedObject {
  return openObject(fixture("loader-maps"), undefined, { name: "ring" })
    .configure({ maxEntries: { events: ringBytes }, rodata: { emits_events: true, wakeup_flags: wakeupFlags } })
    .load();
}

/** Attaches until there are records, then detaches: what is in the ring stays as it is. */
async function fill(loaded: LoadedObject, ring: RingBuffer): Promise<void> {
  using _link = loaded.attach();
  await sendUdp(2_000);
  expect(await ring.available({ everyMs: 1, signal: AbortSignal.timeout(2_000) })).toBe(true);
}

// Checked after the call: a record must not take longer than one takes to come.
function sequences(consume: (handler: Parameters<RingBuffer["consume"]>[0]) => number): number[] {
  const seen: number[] = [];
  let wrong = 0;
  const count = consume((view, byteOffset, byteLength) => {
    const { sequence, vector } = event.decode(view, byteOffset);
    if (byteLength !== event.size || vector > 9) wrong++;
    seen.push(sequence);
  });
  expect({ count, wrong }).toEqual({ count: seen.length, wrong: 0 });
  return seen;
}

// Two CPUs may draw their numbers in one order and submit in the other.
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);
const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);

describe.skipIf(NO_CLANG !== "")(`a ring buffer${NO_CLANG}`, () => {
  test("gives every record once, while they are written", async () => {
    using loaded = load(1 << 20);
    using ring = ringBuffer(loaded.map("events"));
    const seen: number[] = [];
    {
      using _link = loaded.attach();
      const traffic = sendUdp(20_000);
      const signal = AbortSignal.timeout(400);
      while (await ring.available({ everyMs: 1, signal })) seen.push(...sequences((handler) => ring.consume(handler)));
      await traffic;
    }
    while (ring.pendingBytes > 0) seen.push(...sequences((handler) => ring.consume(handler)));
    const written = Number(loaded.section("bss").read("emit_exit.sequence"));
    const lost = Number(loaded.section("bss").read("lost"));
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.length + lost).toBe(written);
    expect(new Set(seen).size).toBe(seen.length);
    if (lost === 0) expect(sorted(seen)).toEqual(range(0, written));
  });

  test("that is full refuses records, which the program counts, and goes on once there is room", async () => {
    using loaded = load(4096);
    using ring = ringBuffer(loaded.map("events"));
    {
      using _link = loaded.attach();
      for (let round = 0; round < 100 && loaded.section("bss").read("lost") === 0n; round++) await sendUdp(500);
    }
    const lost = Number(loaded.section("bss").read("lost"));
    const written = Number(loaded.section("bss").read("emit_exit.sequence"));
    expect(lost).toBeGreaterThan(0);
    expect(ring.pendingBytes).toBeGreaterThan(4096 - 2 * RECORD_BYTES);
    const seen = sequences((handler) => ring.consume(handler));
    expect(seen.length + lost).toBe(written);
    expect(ring.pendingBytes).toBe(0);
    await fill(loaded, ring);
    expect(sequences((handler) => ring.consume(handler)).every((sequence) => sequence >= written)).toBe(true);
  });

  test("goes around its end many times", async () => {
    using loaded = load(4096);
    using ring = ringBuffer(loaded.map("events"));
    using link = loaded.attach();
    let count = 0;
    const traffic = sendUdp(20_000);
    const end = performance.now() + 2_000;
    while (count < 2_000 && performance.now() < end) {
      count += sequences((handler) => ring.consume(handler)).length;
      await Bun.sleep(1);
    }
    await traffic;
    link[Symbol.dispose]();
    expect(count * RECORD_BYTES).toBeGreaterThan(4 * 4096);
  });

  test("gives as many records as asked for", async () => {
    using loaded = load(1 << 16);
    using ring = ringBuffer(loaded.map("events"));
    await fill(loaded, ring);
    const before = ring.pendingBytes;
    expect(ring.consume(() => undefined, { limit: 3 })).toBe(3);
    expect(ring.pendingBytes).toBe(before - 3 * RECORD_BYTES);
    for (const limit of [0, -1, Number.NaN]) expect(() => ring.consume(() => undefined, { limit })).toThrow(RangeError);
  });

  test("ends a call with what the handler throws; that record counts as consumed", async () => {
    using loaded = load(1 << 16);
    using ring = ringBuffer(loaded.map("events"));
    await fill(loaded, ring);
    const before = ring.pendingBytes;
    const failure = new Error("mine");
    const fail = (): never => {
      throw failure;
    };
    expect(() => ring.consume(fail)).toThrow(failure);
    expect(ring.pendingBytes).toBe(before - RECORD_BYTES);
    expect(() => ring.consume(() => ring.consume(() => undefined))).toThrow("from within its own handler");
    expect(() => ring.consume(() => ring[Symbol.dispose]())).toThrow("from within its own handler");
    expect(ring.consume(() => undefined)).toBeGreaterThan(0);
  });

  test("tells of an abort at once, and of records at the next look", async () => {
    using loaded = load(1 << 16);
    using ring = ringBuffer(loaded.map("events"));
    expect(await ring.available({ signal: AbortSignal.abort() })).toBe(false);
    const started = performance.now();
    expect(await ring.available({ everyMs: 60_000, signal: AbortSignal.timeout(20) })).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
    await expect(ring.available({ everyMs: 0 })).rejects.toThrow(RangeError);
  });

  test("blocks until the kernel wakes it up, or the time is up", async () => {
    using loaded = load(1 << 16, 0n);
    using ring = ringBuffer(loaded.map("events"));
    const started = performance.now();
    expect(ring.block(30)).toBe(false);
    expect(performance.now() - started).toBeGreaterThan(25);
    using _link = loaded.attach();
    const traffic = sendUdp(2_000);
    expect(ring.block(5_000)).toBe(true);
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(ring.consume(() => undefined)).toBeGreaterThan(0);
    await traffic;
    for (const timeout of [-2, 0.5, 2 ** 31]) expect(() => ring.block(timeout)).toThrow(RangeError);
  });

  test("is read alike through its memory, by the shim and through libbpf", async () => {
    using loaded = load(1 << 16);
    const map = loaded.map("events");
    const probe = ringBuffer(map);
    await fill(loaded, probe);
    probe[Symbol.dispose]();
    using callback = new CallbackRing(map);
    const pending = callback.pendingBytes;
    expect(pending).toBeGreaterThan(20 * RECORD_BYTES);
    const first = sequences((handler) => callback.consume(handler, 2));
    expect(first).toHaveLength(2);
    const fail = (): never => {
      throw new Error("mine");
    };
    expect(() => callback.consume(fail, 5)).toThrow("mine");
    using mapped = new MappedRing(map);
    expect(mapped.pendingBytes).toBe(pending - 3 * RECORD_BYTES);
    const half = Math.floor(mapped.pendingBytes / RECORD_BYTES / 2);
    const second = sequences((handler) => mapped.consume(handler, half));
    using ordered = new MappedRing(map, SHIM);
    const third = sequences((handler) => ordered.consume(handler, 5));
    expect(third).toHaveLength(5);
    expect(() => ordered.consume(fail, 5)).toThrow("mine");
    const rest = sequences((handler) => callback.consume(handler, 2));
    const last = sequences((handler) => ordered.consume(handler, Number.POSITIVE_INFINITY));
    const all = [...first, ...second, ...third, ...rest, ...last];
    expect(all.length + 2).toBe(pending / RECORD_BYTES);
    expect(new Set(all).size).toBe(all.length);
    expect([mapped.pendingBytes, callback.consume(() => undefined, 1), ordered.pendingBytes]).toEqual([0, 0, 0]);
  });

  test("is read by what its processor and libbpf allow", () => {
    using loaded = load(4096);
    const map = loaded.map("events") as unknown as KernelMap;
    const open = (arch: string, shim: typeof SHIM): RecordSource => {
      using records = openRecords(map, arch, shim);
      return records;
    };
    expect(SHIM).not.toBeNull();
    expect(open("x64", SHIM)).toBeInstanceOf(MappedRing);
    expect(open("arm64", SHIM)).toBeInstanceOf(MappedRing);
    expect(open("arm64", null)).toBeInstanceOf(CallbackRing);
  });

  test.each(WAYS)("gives every record once while they are written, through %s", async (_way, arch, shim) => {
    using loaded = load(1 << 18);
    using records = openRecords(loaded.map("events") as unknown as KernelMap, arch, shim);
    const seen: number[] = [];
    const take = (): void => void seen.push(...sequences((handler) => records.consume(handler, 1_000_000)));
    {
      using _link = loaded.attach();
      const traffic = sendUdp(10_000);
      for (const end = performance.now() + 300; performance.now() < end; await Bun.sleep(1)) take();
      await traffic;
    }
    while (records.pendingBytes > 0) take();
    const [written, lost] = [loaded.section("bss").read("emit_exit.sequence"), loaded.section("bss").read("lost")];
    expect(seen.length).toBeGreaterThan(100);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length + Number(lost)).toBe(Number(written));
  });

  test("may be closed with its object by its own handler", async () => {
    for (const [, arch, shim] of WAYS) {
      const loaded = load(1 << 16);
      const ring = ringBuffer(loaded.map("events"));
      await fill(loaded, ring);
      ring[Symbol.dispose]();
      const map = loaded.map("events") as unknown as KernelMap;
      const records = openRecords(map, arch, shim);
      const link = map.owner.own(records);
      expect(records.consume(() => loaded[Symbol.dispose](), 5)).toBe(1);
      link[Symbol.dispose]();
    }
  });

  test("ends a wait when its object is closed", async () => {
    const loaded = load(1 << 16);
    const waiting = ringBuffer(loaded.map("events")).available({ everyMs: 5 });
    loaded[Symbol.dispose]();
    await expect(waiting).rejects.toThrow('"ring" is closed');
  });

  test("is of a map of that kind", () => {
    using loaded = load(4096);
    expect(() => ringBuffer(loaded.map("items"))).toThrow('"items" as a ring buffer: it is a map of kind array');
    expect(() => ringBuffer({} as never)).toThrow(TypeError);
    const ring = ringBuffer(loaded.map("events"));
    ring[Symbol.dispose]();
    ring[Symbol.dispose]();
    expect(() => ring.consume(() => undefined)).toThrow("its ring buffer is closed");
  });
});
