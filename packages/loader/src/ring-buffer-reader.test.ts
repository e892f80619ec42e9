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

  get pendingBytes(): number {
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
