import { describe, expect, test } from "bun:test";
import { slow } from "@irqtrace/bpf-objects/layouts";
import { codec, LayoutMismatchError, type Value } from "@irqtrace/decode";
import { decodeSlowRecord } from "./decode-slow-record.ts";
import { SLOW_CLASSES } from "./slow-event.ts";

const [{ type: layout }] = slow.sections.bss.fields;
const header = codec(layout);
type Header = Value<typeof layout>;

const HEADER: Header = {
  boot_ns: 1_000_000_000_123n,
  duration_ns: 250_000n,
  cgroup_id: 4_711n,
  address: 0n,
  cpu: 3,
  class: 0,
  number: 24,
  pid: 100,
  tid: 101,
  stack_bytes: 0,
  comm: "worker",
  name: "virtio1-req.0",
};

/** As the kernel writes it into the ring, at an offset that is no multiple of anything but 8. */
function written(fields: Partial<Header>, frames: readonly bigint[] = []): { view: DataView; byteOffset: number } {
  const byteOffset = 24;
  const view = new DataView(new ArrayBuffer(byteOffset + header.size + 8 * frames.length));
  header.encode({ ...HEADER, ...fields }, view, byteOffset);
  for (const [index, frame] of frames.entries()) view.setBigUint64(byteOffset + header.size + 8 * index, frame, true);
  return { view, byteOffset };
}

describe("a record", () => {
  test("without a stack", () => {
    const { view, byteOffset } = written({});
    expect(decodeSlowRecord(view, byteOffset)).toEqual({
      class: "device",
      cpu: 3,
      number: 24,
      name: "virtio1-req.0",
      address: 0n,
      bootNs: 1_000_000_000_123n,
      durationNs: 250_000,
      cgroupId: 4_711n,
      task: { comm: "worker", pid: 100, tid: 101 },
      frames: [],
      isWhole: true,
    });
  });

  test("with as many frames as it says, however many there is room for", () => {
    const frames = [0xffffffff81000000n, 0xffffffff81000010n, 0xdeadbeefn];
    const { view, byteOffset } = written({ stack_bytes: 16 }, frames);
    expect(decodeSlowRecord(view, byteOffset).frames).toEqual(frames.slice(0, 2));
  });

  test("with no more frames than lie within it", () => {
    const { view, byteOffset } = written({ stack_bytes: 1_016 }, [1n, 2n]);
    expect(decodeSlowRecord(view, byteOffset).frames).toEqual([1n, 2n]);
    expect(decodeSlowRecord(view, byteOffset, header.size + 8).frames).toEqual([1n]);
  });

  test("whose stack could not be taken has none", () => {
    const { view, byteOffset } = written({ stack_bytes: -14 }, [1n, 2n]);
    expect(decodeSlowRecord(view, byteOffset)).toMatchObject({ frames: [], isWhole: true });
  });

  test("that is full may lack frames", () => {
    const { view, byteOffset } = written({ stack_bytes: 8 * 127 }, new Array<bigint>(127).fill(1n));
    expect(decodeSlowRecord(view, byteOffset).isWhole).toBe(false);
  });

  test("of each class has its name", () => {
    const names = SLOW_CLASSES.map((_, number) => {
      const { view, byteOffset } = written({ class: number });
      return decodeSlowRecord(view, byteOffset).class;
    });
    expect(names).toEqual(["device", "vector", "ipi", "nmi", "softirq", "raise"]);
  });

  test("keeps what no number can hold", () => {
    const { view, byteOffset } = written({ boot_ns: 2n ** 60n + 1n, address: 0xffffffff81234567n });
    expect(decodeSlowRecord(view, byteOffset)).toMatchObject({ bootNs: 2n ** 60n + 1n, address: 0xffffffff81234567n });
  });
});

test("what is no record is refused", () => {
  const { view, byteOffset } = written({});
  expect(() => decodeSlowRecord(view, byteOffset, header.size - 1)).toThrow(LayoutMismatchError);
  expect(() => decodeSlowRecord(new DataView(new ArrayBuffer(0)))).toThrow("0 bytes instead of 136");
  const unknown = written({ class: SLOW_CLASSES.length });
  expect(() => decodeSlowRecord(unknown.view, unknown.byteOffset)).toThrow("class 6, which is not known");
});
