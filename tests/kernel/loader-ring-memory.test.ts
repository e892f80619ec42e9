import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledLibbpf } from "@irqtrace/libbpf";
import { findLibbpf } from "../../packages/loader/src/find-libbpf.ts";
import { MappedRing, type OrderedAccess } from "../../packages/loader/src/mapped-ring.ts";

const PAGE_BYTES = 4096;
const RING_BYTES = 4096;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const TWO_TO_32 = 2 ** 32;

/** A file laid out like a ring buffer, so that its memory can be in states that no program brings about at will. */
class RingFile {
  readonly fd: number;

  constructor(folder: string) {
    this.fd = openSync(join(folder, "ring"), "w+");
    writeSync(this.fd, new Uint8Array(2 * PAGE_BYTES + 2 * RING_BYTES), 0, null, 0);
  }

  setPositions(consumed: number, produced: number): void {
    writeSync(this.fd, new BigUint64Array([BigInt(consumed)]), 0, 8, 0);
    writeSync(this.fd, new BigUint64Array([BigInt(produced)]), 0, 8, PAGE_BYTES);
  }

  /** Writes a record's header and a number; the kernel shows the data twice in a row. */
  setRecord(position: number, header: number, value: number): void {
    const offset = position % RING_BYTES;
    for (const copy of [0, RING_BYTES]) {
      const at = 2 * PAGE_BYTES + copy + offset;
      writeSync(this.fd, new Uint32Array([header, 0]), 0, 8, at);
      const end = 2 * PAGE_BYTES + 2 * RING_BYTES;
      if (at + 16 <= end) writeSync(this.fd, new BigUint64Array([BigInt(value)]), 0, 8, at + 8);
    }
  }
}

const { shim } = findLibbpf({ IRQTRACE_LIBBPF: bundledLibbpf()?.path });
if (shim === null) throw new Error("The bundled libbpf has no shim.");
const accesses: readonly (readonly [string, OrderedAccess | null])[] = [
  ["plain loads", null],
  ["the shim", shim],
];

describe.each(accesses)("the memory of a ring buffer by %s", (_name, ordered) => {
  let folder: string;
  let file: RingFile;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "irqtrace-ring-"));
    file = new RingFile(folder);
  });
  afterEach(() => {
    closeSync(file.fd);
    rmSync(folder, { recursive: true });
  });

  function openRing(): MappedRing {
    return new MappedRing({ name: "ring", fd: file.fd, maxEntries: RING_BYTES }, ordered);
  }

  function consume(limit: number = Number.POSITIVE_INFINITY): { values: number[]; pendingBytes: number } {
    using ring = openRing();
    const values: number[] = [];
    const count = ring.consume((view, byteOffset) => values.push(Number(view.getBigUint64(byteOffset, true))), limit);
    expect(count).toBe(values.length);
    return { values, pendingBytes: ring.pendingBytes };
  }

  test("is read up to a record that is reserved but not submitted, and beyond it later", () => {
    file.setPositions(0, 48);
    file.setRecord(0, 8, 1);
    file.setRecord(16, BUSY | 8, 2);
    file.setRecord(32, 8, 3);
    expect(consume()).toEqual({ values: [1], pendingBytes: 32 });
    expect(consume()).toEqual({ values: [], pendingBytes: 32 });
    file.setRecord(16, 8, 2);
    expect(consume()).toEqual({ values: [2, 3], pendingBytes: 0 });
  });

  test("is read without the records that were discarded", () => {
    file.setPositions(0, 48);
    file.setRecord(0, DISCARDED | 8, 1);
    file.setRecord(16, 8, 2);
    file.setRecord(32, DISCARDED | 8, 3);
    expect(consume()).toEqual({ values: [2], pendingBytes: 0 });
  });

  test("is read across its end, where the data appear again", () => {
    file.setPositions(RING_BYTES - 8, RING_BYTES + 24);
    file.setRecord(RING_BYTES - 8, 8, 5);
    file.setRecord(RING_BYTES + 8, 8, 6);
    writeSync(file.fd, new BigUint64Array([5n]), 0, 8, 2 * PAGE_BYTES + RING_BYTES);
    expect(consume()).toEqual({ values: [5, 6], pendingBytes: 0 });
  });

  test.each([TWO_TO_32 - 16, 2 * TWO_TO_32 - 32, 2 ** 40 - 16])(
    "is read across position %d, record by record",
    (start) => {
      file.setPositions(start, start + 64);
      for (const index of [0, 1, 2, 3]) file.setRecord(start + index * 16, 8, index);
      expect(consume(1)).toEqual({ values: [0], pendingBytes: 48 });
      expect(consume()).toEqual({ values: [1, 2, 3], pendingBytes: 0 });
    },
  );

  test("is read on by the same reader, few records at a time, as more are written and others read as well", () => {
    file.setPositions(0, 48);
    for (const index of [0, 1, 2, 3, 4, 5]) file.setRecord(index * 16, 8, index);
    using ring = openRing();
    const values: number[] = [];
    const take = (limit: number): number =>
      ring.consume((view, byteOffset) => values.push(Number(view.getBigUint64(byteOffset, true))), limit);
    expect([take(1), take(1)]).toEqual([1, 1]);
    file.setPositions(32, 80);
    expect(take(2)).toBe(2);
    file.setPositions(80, 96);
    expect([take(2), take(2)]).toEqual([1, 0]);
    expect(values).toEqual([0, 1, 2, 3, 5]);
  });

  test("is not read beyond what was written, whatever a header says", () => {
    file.setPositions(0, 16);
    file.setRecord(0, 0x3fff_ffff, 1);
    using ring = openRing();
    expect(() => ring.consume(() => undefined, 1)).toThrow('"ring": a record reaches beyond what was written');
  });
});

test("no record is read that the shim has not said to be complete, and each is given back", () => {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-ring-"));
  const file = new RingFile(folder);
  try {
    file.setPositions(0, 64);
    for (const index of [0, 1, 2, 3]) file.setRecord(index * 16, 8, index);
    const told = [32, 16, 0];
    const released: unknown[] = [];
    const access: OrderedAccess = {
      irqtrace_ring_ready: () => told.shift() ?? 0,
      irqtrace_ring_release: (_consumer, position) => void released.push(position),
    };
    using ring = new MappedRing({ name: "ring", fd: file.fd, maxEntries: RING_BYTES }, access);
    const values: number[] = [];
    ring.consume((view, byteOffset) => values.push(view.getUint32(byteOffset, true)), Number.POSITIVE_INFINITY);
    expect({ values, released, told }).toEqual({ values: [0, 1, 2], released: [16n, 32n, 48n], told: [] });
  } finally {
    closeSync(file.fd);
    rmSync(folder, { recursive: true });
  }
});
