import { expect, test } from "bun:test";
import { Owner } from "./owner.ts";
import type { RecordSource } from "./ring-buffer.ts";
import { RingBufferReader } from "./ring-buffer-reader.ts";

const RECORD_BYTES = 16;
const VIEW = new DataView(new ArrayBuffer(RECORD_BYTES));

/** Records that are there, and that can be consumed, by number. */
class FakeRecords implements RecordSource {
  readonly byteLength = 4096;
  written = 0;
  submitted = Number.POSITIVE_INFINITY;
  looks = 0;

  get pendingBytes(): number {
    this.looks++;
    return this.written * RECORD_BYTES;
  }

  consume(handler: Parameters<RecordSource["consume"]>[0], limit: number): number {
    const count = Math.min(this.written, this.submitted, limit);
    for (let index = 0; index < count; index++) handler(VIEW, 0, RECORD_BYTES);
    this.written -= count;
    return count;
  }

  [Symbol.dispose](): void {
    this.written = 0;
  }
}

function open(written: number): { records: FakeRecords; owner: Owner; ring: RingBufferReader } {
  const records = new FakeRecords();
  records.written = written;
  const owner = new Owner("tool");
  return { records, owner, ring: new RingBufferReader({ name: "events", fd: -1, owner }, records) };
}

const nothing = (): void => undefined;

test("a loop that always finds records leaves timers and aborts their turn", async () => {
  const { ring } = open(1e9);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 20);
  const end = performance.now() + 2_000;
  while ((await ring.available({ signal: abort.signal })) && performance.now() < end)
    ring.consume(nothing, { limit: 1 });
  expect(abort.signal.aborted).toBe(true);
  expect(performance.now()).toBeLessThan(end);
});

test("an abort while records are there ends the wait for them", async () => {
  const { ring } = open(1);
  const abort = new AbortController();
  const waiting = ring.available({ signal: abort.signal });
  abort.abort();
  expect(await waiting).toBe(false);
});

test("records that others consume meanwhile are not announced", async () => {
  const { ring } = open(1);
  const waiting = ring.available({ everyMs: 1, signal: AbortSignal.timeout(20) });
  ring.consume(nothing);
  expect(await waiting).toBe(false);
});

test("a record that is reserved and not submitted is looked at from time to time alone", async () => {
  const { records, ring } = open(1);
  records.submitted = 0;
  let rounds = 0;
  for (const signal = AbortSignal.timeout(100); await ring.available({ everyMs: 20, signal }); rounds++) {
    expect(ring.consume(nothing)).toBe(0);
  }
  expect(rounds).toBeWithin(1, 8);
  records.submitted = 1;
  expect(await ring.available()).toBe(true);
  expect(ring.consume(nothing)).toBe(1);
});

test("looks may be further apart than timers go, and their distance is a number", async () => {
  const { records, ring } = open(0);
  const warnings: Error[] = [];
  const warn = (warning: Error): void => void warnings.push(warning);
  process.on("warning", warn);
  for (const everyMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    expect(await ring.available({ everyMs, signal: AbortSignal.timeout(20) })).toBe(false);
  }
  process.off("warning", warn);
  expect({ looks: records.looks, warnings }).toEqual({ looks: 2, warnings: [] });
  for (const everyMs of [0, Number.NaN, "20" as unknown as number, null as unknown as number]) {
    await expect(ring.available({ everyMs })).rejects.toThrow(RangeError);
  }
});

test("closing it, or its object, ends a wait at once", async () => {
  const [one, other] = [open(0), open(0)];
  const closed = one.ring.available({ everyMs: 60_000 });
  one.ring[Symbol.dispose]();
  await expect(closed).rejects.toThrow("its ring buffer is closed");
  const ended = other.ring.available({ everyMs: 60_000, signal: new AbortController().signal });
  other.owner.close();
  await expect(ended).rejects.toThrow('"tool" is closed');
});
