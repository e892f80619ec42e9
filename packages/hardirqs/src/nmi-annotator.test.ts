import { expect, test } from "bun:test";
import { system as layouts } from "@irqtrace/bpf-objects/layouts";
import { codec, type RawSnapshot } from "@irqtrace/decode";
import type { KernelSymbols } from "@irqtrace/loader";
import { nmiAnnotator } from "./nmi-annotator.ts";

const SCHEMA = "test/1";
const [IN_KERNEL, IN_MODULE] = [0xffff_ffff_8100_1000n, 0xffff_ffff_c020_2000n];
/** Of a kernel with two functions of 256 bytes. */
const SYMBOLS: KernelSymbols = {
  count: 2,
  find: (address) => {
    if (address >= IN_KERNEL && address < IN_KERNEL + 256n)
      return { name: "perf_event_nmi_handler", module: null, offset: Number(address - IN_KERNEL) };
    return address === IN_MODULE ? { name: "of_a_module", module: "module", offset: 0 } : null;
  },
};
const value = layouts.maps.sources.value;
const [IPI, NMI] = [2, 3];

/** What a tracer read where these have run, one in each entry. */
function rawOf(...sources: readonly { readonly class: number; readonly id: bigint }[]): RawSnapshot {
  const bytes = new Uint8Array(sources.length * value.size);
  const empty = codec(value).decode(new DataView(new ArrayBuffer(value.size)));
  sources.forEach((source, entry) => {
    codec(value).encode({ ...empty, ...source }, new DataView(bytes.buffer), entry * value.size);
  });
  return {
    schema: SCHEMA,
    measure: "count",
    perCpu: false,
    epoch: 1,
    possibleCpus: [0],
    startUnixMs: 0,
    elapsedNs: 1,
    lost: { tableFull: 0, recursionMisses: 0 },
    maps: { sources: { entries: sources.length, cpus: 1, valueStride: value.size, bytes } },
  };
}

const nmi = (id: bigint): { readonly class: number; readonly id: bigint } => ({ class: NMI, id });

test("a handler has the name of the function at its very address, in the kernel or a module", () => {
  const annotate = nmiAnnotator(SCHEMA, () => SYMBOLS);
  expect(annotate(rawOf(nmi(IN_KERNEL), nmi(IN_KERNEL + 1n), nmi(IN_MODULE), nmi(1n))).symbols).toEqual({
    "0xffffffff81001000": "perf_event_nmi_handler",
    "0xffffffffc0202000": "of_a_module",
  });
});

test("a handler has no name where the kernel hides addresses", () => {
  const annotate = nmiAnnotator(SCHEMA, () => ({ count: 0, find: () => null }));
  expect(annotate(rawOf(nmi(IN_KERNEL))).symbols).toEqual({});
});

test("symbols are read when an NMI handler has run for the first time, and kept", () => {
  let reads = 0;
  const annotate = nmiAnnotator(SCHEMA, () => {
    reads++;
    return SYMBOLS;
  });
  expect(annotate(rawOf({ class: IPI, id: IN_KERNEL })).symbols).toEqual({});
  expect(reads).toBe(0);
  for (let reading = 0; reading < 2; reading++)
    expect(annotate(rawOf(nmi(IN_KERNEL))).symbols).toEqual({ "0xffffffff81001000": "perf_event_nmi_handler" });
  expect(reads).toBe(1);
  annotate(rawOf(nmi(IN_KERNEL), nmi(1n)));
  expect(reads).toBe(2);
});
