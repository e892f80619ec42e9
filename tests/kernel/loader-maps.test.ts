import { afterAll, beforeAll, describe, expect, mock, test } from "bun:test";
import { closeSync, openSync, readFileSync } from "node:fs";
import { BpfError, type LoadedObject, openObject, possibleCpus } from "@irqtrace/loader";
import { ArrayReader } from "../../packages/loader/src/array-reader.ts";
import { readEntries } from "../../packages/loader/src/hash-reader.ts";
import { type NativeCalls, nativeCalls } from "../../packages/loader/src/native-calls.ts";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

const CPUS = possibleCpus().length;
const ITEM = {
  count: 7n,
  balance: -8n,
  name: "eth0-rx",
  epoch: 9,
  low: 5,
  high: 2 ** 29 - 1,
  v4_or_v6: Uint8Array.from({ length: 16 }, (_, index) => index),
  verdict: 5,
  flag: true,
};

describe.skipIf(NO_CLANG !== "")(`a loaded object's maps${NO_CLANG}`, () => {
  let loaded: LoadedObject;

  beforeAll(() => {
    loaded = openObject(fixture("loader-maps"), undefined, { name: "maps" }).load();
  });
  afterAll(() => loaded[Symbol.dispose]());

  test("are those of the source, sections left out", () => {
    expect([...loaded.mapNames].sort()).toEqual([
      "cgroups",
      "counts",
      "events",
      "items",
      "live_items",
      "per_cpu_recent",
      "per_cpu_table",
      "recent",
      "table",
    ]);
    expect(() => loaded.map("nothing")).toThrow('Cannot use "nothing": "maps" has no map of that name.');
    expect(() => loaded.map("toString")).toThrow(TypeError);
    expect(() => loaded.map(".bss")).toThrow(TypeError);
    expect(loaded.map("items")).toBe(loaded.map("items"));
  });

  test("say what they are", () => {
    const { kind, maxEntries, keySize, valueSize, stride } = loaded.map("counts");
    expect({ kind, maxEntries, keySize, valueSize, stride }).toEqual({
      kind: "percpu_array",
      maxEntries: 4,
      keySize: 4,
      valueSize: 4,
      stride: 8 * CPUS,
    });
    expect(loaded.map("items").stride).toBe(64);
  });

  describe("an array", () => {
    test("gives back what was written to an item", () => {
      const items = loaded.map("items");
      items.set(3, ITEM);
      expect(items.get(3)).toEqual(ITEM);
    });

    test("has zeros where nothing was written", () => {
      expect(loaded.map("items").get(15)).toMatchObject({ count: 0n, name: "", flag: false });
    });

    test("refuses indices that it does not have", () => {
      const items = loaded.map("items");
      for (const index of [16, -1, 1.5, Number.NaN, "0", 0n, undefined]) {
        expect(() => items.get(index)).toThrow(RangeError);
        expect(() => items.set(index, ITEM)).toThrow(RangeError);
      }
      for (const index of [16, -1, 1.5])
        expect(() => items.readItemInto(index, new Uint8Array(64))).toThrow(RangeError);
    });

    test("keeps its items", () => {
      expect(() => loaded.map("items").delete(3)).toThrow(BpfError);
    });

    test("has one entry for each index", () => {
      const entries = [...loaded.map("items").entries()];
      expect(entries.map(([index]) => index)).toEqual(Array.from({ length: 16 }, (_, index) => index));
      expect(entries[3]?.[1]).toEqual(ITEM);
      expect([...loaded.map("items").keys()]).toHaveLength(16);
    });

    test("is read whole, from its first item on, as bytes", () => {
      const items = loaded.map("items");
      const whole = new Uint8Array(16 * 64);
      items.readInto(whole);
      expect(new TextDecoder().decode(whole.subarray(3 * 64 + 16, 3 * 64 + 23))).toBe("eth0-rx");
      const start = new Uint8Array(5 * 64);
      items.readInto(start);
      expect(start).toEqual(whole.subarray(0, 5 * 64));
      items.readInto(new Uint8Array(0));
    });

    test("is read into a view's own bytes and no others", () => {
      const target = new Uint8Array(128).fill(0xaa);
      loaded.map("items").readItemInto(3, target, 32);
      expect(target.subarray(0, 32)).toEqual(new Uint8Array(32).fill(0xaa));
      expect(target.subarray(96)).toEqual(new Uint8Array(32).fill(0xaa));
      expect(new DataView(target.buffer).getBigUint64(32, true)).toBe(7n);
    });

    test("is read into nothing that is too small, too large or cuts an item", () => {
      const items = loaded.map("items");
      for (const bytes of [63, 65, 17 * 64]) expect(() => items.readInto(new Uint8Array(bytes))).toThrow(RangeError);
      expect(() => items.readItemInto(0, new Uint8Array(63))).toThrow(RangeError);
      expect(() => items.readItemInto(0, new Uint8Array(64), 1)).toThrow(RangeError);
      expect(() => items.readItemInto(0, new Uint8Array(128), -1)).toThrow(RangeError);
    });
  });

  describe("a per-CPU array", () => {
    test("holds a value for each possible CPU", () => {
      const counts = loaded.map("counts");
      const values = Array.from({ length: CPUS }, (_, cpu) => 100 + cpu);
      counts.set(2, values);
      expect(counts.get(2)).toEqual(values);
      expect([...counts.entries()][2]).toEqual([2, values]);
    });

    test("is read as bytes, each CPU's value rounded up to 8", () => {
      const counts = loaded.map("counts");
      const target = new Uint8Array(4 * counts.stride);
      counts.readInto(target);
      const words = new Uint32Array(target.buffer, 2 * counts.stride, (CPUS * 8) / 4);
      expect([...words].filter((_, index) => index % 2 === 0)).toEqual(
        Array.from({ length: CPUS }, (_, cpu) => 100 + cpu),
      );
    });

    test("takes nothing but a value for each CPU", () => {
      for (const value of [1, [], Array(CPUS + 1).fill(1), { length: CPUS }]) {
        expect(() => loaded.map("counts").set(2, value)).toThrow(
          `Cannot write "counts": give an array of ${CPUS} values, one for each possible CPU.`,
        );
      }
      expect(() => loaded.map("counts").set(2, Array(CPUS).fill(-1))).toThrow(RangeError);
    });
  });

  describe("a hash", () => {
    test("creates, replaces and deletes entries", () => {
      const table = loaded.map("table");
      expect(table.get(5n)).toBeUndefined();
      table.set(5n, ITEM, "create");
      expect(table.get(5n)).toEqual(ITEM);
      expect(() => table.set(5n, ITEM, "create")).toThrow(expect.objectContaining({ code: "EEXIST" }));
      table.set(5n, { ...ITEM, epoch: 10 }, "replace");
      expect(table.get(5n)).toMatchObject({ epoch: 10 });
      expect([table.delete(5n), table.delete(5n)]).toEqual([true, false]);
      expect(() => table.set(5n, ITEM, "replace")).toThrow(expect.objectContaining({ code: "ENOENT" }));
    });

    test("gives all of its entries, each once, however many batches they take", () => {
      const table = loaded.map("table");
      for (let key = 0n; key < 1_500n; key++) table.set(key, { ...ITEM, count: key * 3n });
      const entries = new Map([...table.entries()].map(([key, value]) => [key, value]));
      expect(entries.size).toBe(1_500);
      for (let key = 0n; key < 1_500n; key++) expect(entries.get(key)).toMatchObject({ count: key * 3n });
      for (const key of [...table.keys()]) expect(table.delete(key)).toBe(true);
      expect([...table.entries()]).toEqual([]);
    });

    test("that is full says so", () => {
      const recent = loaded.map("per_cpu_table");
      const values = Array(CPUS).fill(1n);
      for (let key = 0; key < 8; key++) recent.set(key, values);
      expect(() => recent.set(8, values)).toThrow(
        expect.objectContaining({
          code: "E2BIG",
          operation: "write an entry of",
          message:
            'Cannot write an entry of "per_cpu_table": it is full with 8 entries. Delete some first, or make it larger before it is loaded: configure({ maxEntries: { per_cpu_table: … } }).',
        }),
      );
      expect([...recent.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(recent.get(3)).toEqual(values);
    });

    test("refuses keys and values that do not fit", () => {
      const table = loaded.map("table");
      expect(() => table.get(-1n)).toThrow(RangeError);
      expect(() => table.get(2n ** 64n)).toThrow(RangeError);
      expect(() => table.get("5")).toThrow(TypeError);
      expect(() => table.set(5n, { ...ITEM, name: undefined })).toThrow(TypeError);
      expect(() => table.set(5n, { ...ITEM, low: 8 })).toThrow(RangeError);
      expect(table.get(5n)).toBeUndefined();
    });

    test("is named where they do not, with what was done", () => {
      const table = loaded.map("table");
      const messageOf = (action: () => unknown): unknown => {
        try {
          return action();
        } catch (error) {
          return String(error);
        }
      };
      expect(messageOf(() => table.get("5"))).toBe(
        'TypeError: Cannot read "table" by such a key ("u64"): a bigint belongs there, this is "5".',
      );
      expect(messageOf(() => table.delete(-1n))).toBe(
        'RangeError: Cannot delete from "table" by such a key ("u64"): -1 is not a whole number from 0 to 18446744073709551615.',
      );
      expect(messageOf(() => table.set(5n, { ...ITEM, epoch: "9" }))).toBe(
        'TypeError: Cannot write "table" with such a value ("item.epoch"): a number belongs there, this is "9".',
      );
      const failure = new TypeError("Cannot write home");
      const thrower = {
        ...ITEM,
        get count(): bigint {
          throw failure;
        },
      };
      expect(() => table.set(5n, thrower)).toThrow(failure);
    });

    test("is not read as an array", () => {
      expect(() => loaded.map("table").readInto(new Uint8Array(64))).toThrow("Use get or entries");
    });
  });

  test("an LRU hash drops the oldest entries instead of refusing new ones", () => {
    const recent = loaded.map("recent");
    for (let key = 0; key < 1_000; key++) recent.set(key, BigInt(key));
    const entries = [...recent.entries()];
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.length).toBeLessThanOrEqual(64);
    for (const [key, value] of entries) expect(value).toBe(BigInt(Number(key)));
  });

  test("a per-CPU LRU hash holds a value for each possible CPU", () => {
    const recent = loaded.map("per_cpu_recent");
    const values = Array.from({ length: CPUS }, (_, cpu) => BigInt(cpu) + 1n);
    recent.set(1, values);
    expect(recent.get(1)).toEqual(values);
  });

  test("a cgroup array takes a descriptor and nothing else", () => {
    const mountInfo = readFileSync("/proc/self/mountinfo", "utf8");
    const path = /^\d+ \d+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(mountInfo)?.[1] ?? "no cgroup2 mount";
    const cgroups = loaded.map("cgroups");
    const fd = openSync(path, "r");
    try {
      cgroups.set(0, fd);
    } finally {
      closeSync(fd);
    }
    expect(() => cgroups.set(0, 1_000_000)).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(() => cgroups.get(0)).toThrow(BpfError);
  });

  test("an mmapable array is shared with the kernel", () => {
    const map = loaded.map("live_items");
    const live = map.live();
    expect({ length: live.length, stride: live.stride, bytes: live.bytes.length }).toEqual({
      length: 8,
      stride: 8,
      bytes: 64,
    });
    live.write(7, 77);
    expect(map.get(7)).toBe(77);
    map.set(6, 66);
    expect(live.read(6)).toBe(66);
    for (const index of [8, -1, 0.5]) expect(() => live.read(index)).toThrow(RangeError);
    live[Symbol.dispose]();
    live[Symbol.dispose]();
    expect(live.bytes).toHaveLength(0);
    expect(() => live.read(6)).toThrow("its live view is closed");
    expect(map.get(6)).toBe(66);
  });

  test("an array that is not mmapable cannot be mapped", () => {
    expect(() => loaded.map("items").live()).toThrow("it is not an array with BPF_F_MMAPABLE");
  });

  test("maps without keys or queues say so", () => {
    const events = loaded.map("events");
    expect(() => events.get(0)).toThrow("a ringbuf has no keys");
    expect(() => [...events.entries()]).toThrow("a ringbuf has no keys");
    expect(() => loaded.map("items").push(ITEM)).toThrow("Only queues and stacks can");
    expect(() => loaded.map("items").pop()).toThrow("Only queues and stacks can");
  });
});

describe.skipIf(NO_CLANG !== "")(`kernels without batches${NO_CLANG}`, () => {
  const Enotsupp = 524;
  const calls = nativeCalls();
  const batches = mock(() => -Enotsupp);
  const withoutBatches: Pick<NativeCalls, "functions"> = {
    functions: { ...calls.functions, bpf_map_lookup_batch: batches as never },
  };

  test("read arrays item by item, and ask for batches once", () => {
    using loaded = openObject(fixture("loader-maps")).load();
    for (const name of ["items", "counts"]) {
      const { fd, maxEntries, stride, readInto } = loaded.map(name);
      if (name === "items") loaded.map(name).set(2, ITEM);
      const expected = new Uint8Array(maxEntries * stride);
      readInto.call(loaded.map(name), expected);
      const reader = new ArrayReader({ name, fd, maxEntries, stride }, withoutBatches);
      batches.mockClear();
      for (let round = 0; round < 3; round++) {
        const target = new Uint8Array(expected.length);
        reader.readInto(target);
        expect(target).toEqual(expected);
      }
      expect(batches).toHaveBeenCalledTimes(1);
    }
  });

  test("read hashes key by key, and miss what is deleted meanwhile", () => {
    using loaded = openObject(fixture("loader-maps")).load();
    const table = loaded.map("table");
    for (let key = 0n; key < 500n; key++) table.set(key, { ...ITEM, count: key });
    const { name, fd, maxEntries, keySize, stride } = table;
    const source = { name, fd, maxEntries, keySize, stride, assertOpen: () => undefined };
    const seen = new Map<bigint, bigint>();
    for (const { keys, keyOffset, values, valueOffset } of readEntries(source, withoutBatches)) {
      const key = keys.getBigUint64(keyOffset, true);
      expect(seen.has(key)).toBe(false);
      seen.set(key, values.getBigUint64(valueOffset, true));
      if (key % 2n === 0n) table.delete(key + 1n);
    }
    expect(seen.size).toBeGreaterThanOrEqual(250);
    for (const [key, count] of seen) expect(count).toBe(key);
    for (const key of [...table.keys()]) expect(seen.has(key as bigint)).toBe(true);
  });
});

describe.skipIf(NO_CLANG !== "")(`batches${NO_CLANG}`, () => {
  test("read the same as single look-ups while a map is written", () => {
    using loaded = openObject(fixture("loader-maps")).load();
    const table = loaded.map("table");
    for (let key = 0n; key < 600n; key++) table.set(key, ITEM);
    // Deletes what comes next while it iterates: nothing may be given twice or wrongly.
    const seen = new Set<unknown>();
    for (const [key, value] of table.entries()) {
      expect(seen.has(key)).toBe(false);
      seen.add(key);
      expect(value).toEqual(ITEM);
      table.delete((key as bigint) ^ 1n);
    }
    expect(seen.size).toBeGreaterThanOrEqual(300);
  });

  test("end with an error when the object closes midway", () => {
    const loaded = openObject(fixture("loader-maps")).load();
    const table = loaded.map("table");
    for (let key = 0n; key < 600n; key++) table.set(key, ITEM);
    const read = (): void => {
      for (const _entry of table.entries()) loaded[Symbol.dispose]();
    };
    expect(read).toThrow('"object" is closed');
  });
});
