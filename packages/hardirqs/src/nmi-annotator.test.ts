import { describe, expect, test } from "bun:test";
import { system as layouts } from "@irqtrace/bpf-objects/layouts";
import { codec, type RawSnapshot } from "@irqtrace/decode";
import { nmiAnnotator, symbolAt } from "./nmi-annotator.ts";

const SCHEMA = "test/1";
const SYMBOLS = `ffffffff81000fff T before
ffffffff81001000 t perf_event_nmi_handler
ffffffff81001000 d not_a_function
ffffffff81002000 t of_a_module	[module]
`;
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

describe("a kernel function", () => {
  test("has the name of the symbol at its very address", () => {
    expect(symbolAt(SYMBOLS, "0xffffffff81001000")).toBe("perf_event_nmi_handler");
    expect(symbolAt(SYMBOLS, "0xffffffff81002000")).toBe("of_a_module");
    expect(symbolAt(SYMBOLS, "0xffffffff81001001")).toBeNull();
  });

  test("has none where the kernel hides addresses", () => {
    expect(symbolAt("0000000000000000 t perf_event_nmi_handler\n", "0xffffffff81001000")).toBeNull();
  });
});

test("symbols are read when an NMI handler has run for the first time, and kept", () => {
  let reads = 0;
  const annotate = nmiAnnotator(SCHEMA, () => {
    reads++;
    return SYMBOLS;
  });
  const handler = { class: NMI, id: 0xffff_ffff_8100_1000n };
  expect(annotate(rawOf({ class: IPI, id: 0xffff_ffff_8100_1000n })).symbols).toEqual({});
  expect(reads).toBe(0);
  for (let reading = 0; reading < 2; reading++)
    expect(annotate(rawOf(handler)).symbols).toEqual({ "0xffffffff81001000": "perf_event_nmi_handler" });
  expect(reads).toBe(1);
  annotate(rawOf(handler, { class: NMI, id: 1n }));
  expect(reads).toBe(2);
});
