import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { codec, LayoutMismatchError, layoutSize, type ObjectSchema, type TypeLayout } from "@irqtrace/decode";
import { BpfError, readSchema } from "@irqtrace/loader";
import fc from "fast-check";
import { Btf } from "../../packages/loader/src/btf.ts";
import { parseElf } from "../../packages/loader/src/elf.ts";
import { emitLayouts } from "../../packages/loader/src/emit-layouts.ts";
import { buildElf } from "../../packages/loader/src/testing/btf-builder.ts";
import { type AnyObject, anyObject, buildObject } from "./any-object.ts";
import { damaged, damages } from "./damage.ts";
import { elfRegions } from "./elf-regions.ts";
import { fuzz, SEED } from "./fuzz.ts";

const OBJECTS = ["hardirqs", "softirqs"].map((name) => {
  const path = new URL(`../../packages/bpf-objects/prebuilt/${name}.bpf.o`, import.meta.url);
  const bytes = new Uint8Array(readFileSync(path));
  return { name, bytes, regions: elfRegions(bytes) };
});

/** Larger values are not decoded: their layouts are right, and nobody has the bytes. */
const MAX_DECODED_BYTES = 1 << 20;

/** What the call gives, or undefined where it says in its own way that the bytes make no sense. */
function orRefused<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof BpfError) {
      expect(error.code).toBe("EINVAL");
      return undefined;
    }
    throw error;
  }
}

const layoutsOf = ({ maps, sections }: ObjectSchema): TypeLayout[] =>
  [
    ...Object.values(maps).flatMap(({ key, value }) => [key, value]),
    ...[sections.rodata, sections.data, sections.bss],
  ].filter((layout) => layout !== null && layout !== undefined);

/** A schema that was read can be used: by a codec, which may refuse layouts that contradict themselves, and as text. */
function useSchema(schema: ObjectSchema): void {
  for (const layout of layoutsOf(schema)) {
    const bytes = layoutSize(layout);
    try {
      const { decode } = codec(layout);
      if (bytes <= MAX_DECODED_BYTES) decode(new DataView(new ArrayBuffer(bytes)));
    } catch (error) {
      if (!(error instanceof LayoutMismatchError)) throw error;
    }
  }
  const module = emitLayouts(schema, { source: "tool.bpf.o", sha256: "00" });
  const [literal = ""] = /\{[\s\S]*\}(?= as const;\n$)/.exec(module) ?? [];
  expect(new Function(`return ${literal}`)()).toEqual({ ...schema, sha256: "00" });
}

const SECTION_NULL = 0;
const SECTION_NOBITS = 8;

/** Sections that were read are whole. */
function readElf(bytes: Uint8Array): void {
  const sections = orRefused(() => parseElf(bytes, "tool"))?.sections ?? [];
  for (const section of sections) {
    if (section.type !== SECTION_NULL && section.type !== SECTION_NOBITS)
      expect(section.bytes).toHaveLength(section.size);
  }
}

describe.each(OBJECTS)("damaged, the object $name", ({ name, bytes, regions }) => {
  fuzz(`readSchema of ${name}.bpf.o with damages`, 4_000, damages, (list) => {
    const object = damaged(bytes, list, regions);
    readElf(object);
    const schema = orRefused(() => readSchema(object, { name: "tool" }));
    if (schema !== undefined) useSchema(schema);
  });

  fuzz(`readSchema of the beginning of ${name}.bpf.o`, 500, fc.nat({ max: bytes.length - 1 }), (length) => {
    expect(orRefused(() => readSchema(bytes.subarray(0, length), { name: "tool" }))).toBeUndefined();
  });
});

fuzz(
  "parseElf of random bytes after a header",
  2_000,
  fc.tuple(damages, fc.uint8Array({ maxLength: 400, size: "max" })),
  (input) => {
    const [list, random] = input;
    const header = buildElf([]).subarray(0, 64);
    readElf(damaged(Uint8Array.from([...header, ...random]), list, [[40, 64]]));
  },
);

fuzz(
  "Btf of random words after a header",
  2_000,
  fc.tuple(damages, fc.uint32Array({ maxLength: 60, size: "max" })),
  ([list, words]) => {
    const bytes = new Uint8Array(24 + words.byteLength + 1);
    bytes.set(new Uint8Array(Uint32Array.of(0x1eb9f, 24, 0, words.byteLength, words.byteLength, 1).buffer));
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), 24);
    const btf = orRefused(() => new Btf(damaged(bytes, list, [[0, 24]]), "tool"));
    for (let id = 0; btf !== undefined && id <= btf.typeCount; id++) orRefused(() => btf.resolve(id));
  },
);

const readAnyObject = (object: AnyObject): ObjectSchema | undefined =>
  orRefused(() => readSchema(buildObject(object), { name: "tool" }));

fuzz("readSchema of any types that refer to each other", 4_000, anyObject, (object) => {
  const schema = readAnyObject(object);
  if (schema !== undefined) useSchema(schema);
});

test("objects of any types make sense often enough", () => {
  const objects = fc.sample(anyObject, { seed: SEED, numRuns: 2_000 });
  expect(objects.filter((object) => readAnyObject(object) !== undefined).length).toBeGreaterThan(200);
});

test("the undamaged objects can be read", () => {
  for (const { name, bytes } of OBJECTS) useSchema(readSchema(bytes, { name }));
});
