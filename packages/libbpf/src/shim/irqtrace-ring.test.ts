import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import { openShim } from "../testing/open-shim.ts";
import { BUSY_BIT, DISCARD_BIT, ModelRing, takenBytes } from "../testing/ring-model.ts";

const shim = openShim();
const EMPTY = 0;
const MORE = 1;
const BUSY = 2;
const EINVAL = -22;
const EBADMSG = -74;

const rings: ModelRing[] = [];
function openRing(byteLength: number, startPosition = 0n): ModelRing {
  const ring = new ModelRing(shim, byteLength, startPosition);
  rings.push(ring);
  return ring;
}
afterEach(() => {
  for (const ring of rings.splice(0)) ring[Symbol.dispose]();
});

function bytesOf(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

test("finished records come in order, padded with zeros, and their room goes back to the kernel", () => {
  const ring = openRing(4096);
  ring.data.fill(0xee);
  for (const bytes of [bytesOf(1), bytesOf(), bytesOf(1, 2, 3, 4, 5, 6, 7, 8, 9)]) ring.produce({ bytes });
  expect(ring.ready()).toBe(16 + 8 + 24);
  expect(ring.drain(4096)).toEqual({
    result: 48,
    state: EMPTY,
    neededBytes: 0,
    records: [bytesOf(1), bytesOf(), bytesOf(1, 2, 3, 4, 5, 6, 7, 8, 9)],
  });
  expect(ring.consumed).toBe(48n);
  expect(ring.drain(4096)).toEqual({ result: 0, state: EMPTY, neededBytes: 0, records: [] });
});

test("an unfinished record holds up those after it until it is finished", () => {
  const ring = openRing(4096);
  ring.produce({ bytes: bytesOf(1) });
  const second = { bytes: bytesOf(2, 2) };
  ring.produce({ ...second, isBusy: true });
  ring.produce({ bytes: bytesOf(3) });
  expect(ring.ready()).toBe(16);
  expect(ring.drain(4096)).toEqual({ result: 16, state: BUSY, neededBytes: 0, records: [bytesOf(1)] });
  expect(ring.drain(4096)).toEqual({ result: 0, state: BUSY, neededBytes: 0, records: [] });
  ring.setHeader(16n, second);
  expect(ring.ready()).toBe(32);
  expect(ring.drain(4096).records).toEqual([bytesOf(2, 2), bytesOf(3)]);
});

test("discarded records are passed over and make room", () => {
  const ring = openRing(64);
  ring.produce({ bytes: bytesOf(1, 2, 3), isDiscarded: true });
  ring.produce({ bytes: bytesOf(4) });
  ring.produce({ bytes: bytesOf(5), isDiscarded: true });
  expect(ring.ready()).toBe(48);
  expect(ring.drain(16)).toEqual({ result: 16, state: EMPTY, neededBytes: 0, records: [bytesOf(4)] });
  expect(ring.consumed).toBe(48n);
});

test("a record that does not fit stays, and says how much it needs", () => {
  const ring = openRing(4096);
  ring.produce({ bytes: bytesOf(1) });
  ring.produce({ bytes: new Uint8Array(100).fill(7) });
  expect(ring.drain(16 + 111)).toEqual({ result: 16, state: MORE, neededBytes: 112, records: [bytesOf(1)] });
  expect(ring.drain(0)).toEqual({ result: 0, state: MORE, neededBytes: 112, records: [] });
  expect(ring.drain(112).records).toEqual([new Uint8Array(100).fill(7)]);
});

test("a record may wrap around the end wherever it begins", () => {
  for (let start = 0n; start < 64n; start += 8n) {
    const ring = openRing(64, (1n << 32n) - 64n + start);
    const bytes = Uint8Array.from({ length: 45 }, (_, index) => index + 1);
    expect(ring.produce({ bytes })).toBe(true);
    expect(ring.ready()).toBe(56);
    expect(ring.drain(56).records).toEqual([bytes]);
    expect(ring.consumed).toBe((1n << 32n) - 8n + start);
  }
});

test("records read in place go back to the kernel when their room is released", () => {
  const ring = openRing(64);
  expect(ring.produce({ bytes: new Uint8Array(40) })).toBe(true);
  expect(ring.produce({ bytes: new Uint8Array(24) })).toBe(false);
  ring.release(ring.consumed + BigInt(ring.ready()));
  expect(ring.ready()).toBe(0);
  expect(ring.produce({ bytes: new Uint8Array(24) })).toBe(true);
});

test("positions near the largest one do not overflow", () => {
  const ring = openRing(64, (1n << 64n) - 16n);
  const view = new DataView(ring.data.buffer, ring.data.byteOffset, 64);
  view.setUint32(48, 8, true);
  view.setUint32(0, 8, true);
  ring.produced = 16n;
  expect(ring.ready()).toBe(32);
  expect(ring.drain(64).result).toBe(32);
  expect(ring.consumed).toBe(16n);
});

test.each([
  ["a position beyond the producer's", 80n, 0n, 0],
  ["more data than the ring holds", 0n, 72n, 8],
  ["a consumer's position within a record", 4n, 64n, 8],
  ["a producer's position within a record", 0n, 20n, 8],
  ["a record longer than what was produced", 0n, 16n, 9],
  ["a record as long as a length can be", 0n, 64n, DISCARD_BIT - 1],
  ["a discarded record as long as a length can be", 0n, 64n, 2 * DISCARD_BIT - 1],
])("%s is reported, and nothing moves", (_what, consumed, produced, header) => {
  const ring = openRing(64);
  new DataView(ring.data.buffer, ring.data.byteOffset, 64).setUint32(0, header, true);
  ring.consumed = consumed;
  ring.produced = produced;
  expect(ring.ready()).toBe(EBADMSG);
  expect(ring.drain(64).result).toBe(EBADMSG);
  expect(ring.consumed).toBe(consumed);
});

test("records before a damaged one are given, and the damage at the next call", () => {
  const ring = openRing(64);
  ring.produce({ bytes: bytesOf(1) });
  ring.produced += 8n;
  ring.setHeader(16n, { bytes: bytesOf(1, 2, 3) });
  expect(ring.ready()).toBe(16);
  expect(ring.drain(64)).toEqual({ result: 16, state: MORE, neededBytes: 0, records: [bytesOf(1)] });
  expect(ring.drain(64).result).toBe(EBADMSG);
});

test("arguments that cannot be right are refused", () => {
  const [consumer, producer, data] = openRing(64).addresses;
  const [out, status] = [new BigUint64Array(8), new Uint32Array(2)];
  const ready = shim.irqtrace_ring_ready;
  const drain = shim.irqtrace_ring_drain;
  for (const size of [0, 4, 24, 63, 2 ** 32 - 1]) {
    expect(ready(consumer, producer, data, size)).toBe(EINVAL);
    expect(drain(consumer, producer, data, size, out, 64, status)).toBe(EINVAL);
  }
  expect(ready(null, producer, data, 64)).toBe(EINVAL);
  expect(ready(consumer, null, data, 64)).toBe(EINVAL);
  expect(ready(consumer, producer, null, 64)).toBe(EINVAL);
  expect(drain(consumer, producer, data, 64, null, 64, status)).toBe(EINVAL);
  expect(drain(consumer, producer, data, 64, out, 64, null)).toBe(EINVAL);
  expect(drain(consumer, producer, data, 64, out, 2 ** 31, status)).toBe(EINVAL);
});

const anyRecord = fc.record({
  bytes: fc.uint8Array({ maxLength: 40 }),
  isDiscarded: fc.boolean(),
});

test("whatever is produced and however it is drained, every record arrives once and in order", () => {
  const step = fc.oneof(
    anyRecord.map((record) => ({ record, drainBytes: 0 })),
    fc.integer({ min: 48, max: 256 }).map((drainBytes) => ({ record: null, drainBytes })),
  );
  const positions = fc.bigInt({ min: 0n, max: (1n << 61n) - 1n }).map((position) => position * 8n);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), positions, (steps, start) => {
      using ring = new ModelRing(shim, 256, start);
      const expected: Uint8Array[] = [];
      const received: Uint8Array[] = [];
      for (const { record, drainBytes } of steps) {
        if (record === null) received.push(...ring.drain(drainBytes).records);
        else if (ring.produce(record) && !record.isDiscarded) expected.push(record.bytes);
      }
      let last = ring.drain(256);
      while (last.records.length > 0) {
        received.push(...last.records);
        last = ring.drain(256);
      }
      expect(received).toEqual(expected);
      expect(ring.consumed).toBe(ring.produced);
    }),
    { numRuns: 300 },
  );
});

test("whatever the memory holds, reads and writes stay in bounds and positions move forward within what was produced", () => {
  const headers = fc.oneof(
    fc.nat(80),
    fc.nat(2 ** 32 - 1),
    fc.nat(80).map((length) => length + DISCARD_BIT),
    fc.constant(BUSY_BIT),
  );
  const position = fc.oneof(
    fc.nat(16).map((count) => BigInt(count * 8)),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  );
  fc.assert(
    fc.property(
      fc.array(headers, { minLength: 16, maxLength: 16 }),
      position,
      position,
      fc.nat(160),
      (words, consumed, ahead, outBytes) => {
        using ring = new ModelRing(shim, 128);
        const view = new DataView(ring.data.buffer, ring.data.byteOffset, 128);
        words.forEach((word, index) => {
          view.setUint32(index * 8, word, true);
        });
        ring.consumed = consumed;
        ring.produced = BigInt.asUintN(64, consumed + ahead);
        const produced = ring.produced;
        const ready = ring.ready();
        const { result, records, state } = ring.drain(outBytes);
        const moved = BigInt.asUintN(64, ring.consumed - consumed);
        expect(ring.produced).toBe(produced);
        expect(moved <= ahead || moved === 0n).toBe(true);
        expect(result).toBeLessThanOrEqual(outBytes);
        expect(records.reduce((sum, record) => sum + takenBytes(record.length), 0)).toBe(Math.max(result, 0));
        // Both walk the same records, but drain may lack room and does not stop where damage follows.
        if (ready > 0 && state !== MORE) expect(moved).toBe(BigInt(ready));
      },
    ),
    { numRuns: 2000 },
  );
});

test("a producer on another thread loses no record and disturbs none", async () => {
  const ring = openRing(4096);
  const count = 20_000;
  const worker = new Worker(new URL("../testing/ring-producer.ts", import.meta.url).href);
  const ended = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
  });
  const [consumer, producer, data, byteLength] = ring.addresses;
  worker.postMessage({ consumer, producer, data, byteLength, count });
  const received: Uint8Array[] = [];
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
  });
  while (received.length < count && !isEnded) {
    for (let round = 0; round < 100; round += 1) received.push(...ring.drain(4096).records);
    await Bun.sleep(0);
  }
  await ended;
  received.push(...ring.drain(4096).records);
  worker.terminate();
  expect(received.length).toBe(count);
  const isDamaged = (record: Uint8Array, index: number): boolean =>
    record.length !== 1 + (index % 32) || record.some((byte) => byte !== index % 256);
  expect(received.findIndex(isDamaged)).toBe(-1);
});
