import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectSchema } from "@irqtrace/decode";
import { emitLayouts } from "./emit-layouts.ts";
import { readSchema } from "./read-schema.ts";

const repository = Bun.fileURLToPath(new URL("../../../", import.meta.url));
const prebuilt = join(repository, "packages/bpf-objects/prebuilt");

const EMPTY: ObjectSchema = { name: "tool", programs: {}, maps: {}, sections: {} };
const emit = (schema: ObjectSchema): string => emitLayouts(schema, { source: "tool.bpf.o", sha256: "00ff" });

async function evaluate(text: string): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-layouts-"));
  try {
    const path = join(folder, "tool.layouts.ts");
    writeFileSync(path, text);
    return await import(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A struct with awkward names and a line that just fits, and one that just does not. */
function awkward(padding: number): ObjectSchema {
  const name = "x".repeat(padding);
  const field = {
    name,
    offset: 0,
    type: { kind: "enum", name: "e", of: "u32", values: { "a.b": 1, $c: -2 } },
  } as const;
  const value = { kind: "struct", name: "item", size: 8, fields: [field] } as const;
  return {
    ...EMPTY,
    programs: { 'say "hi"': { section: "tp_btf/a\\b" } },
    maps: { "1st": { kind: "array", maxEntries: 1, key: "u32", value } },
    sections: { bss: { ...value, fields: [field, { ...field, name: `${name}y` }] } },
  };
}

test("the module's constant is the schema and the hash of its object", async () => {
  const schema = awkward(10);
  const { tool } = await evaluate(emit(schema));
  expect(tool).toEqual({ ...schema, sha256: "00ff" });
});

test("a name that would set the prototype is a member as any other", async () => {
  const values = Object.fromEntries([["__proto__", 1]]);
  const state = { kind: "enum", name: "state", of: "u32", values } as const;
  const maps = Object.fromEntries([["__proto__", { kind: "hash", maxEntries: 1, key: state, value: null } as const]]);
  const schema = { ...EMPTY, maps };
  const { tool } = await evaluate(emit(schema));
  expect(tool).toEqual({ ...schema, sha256: "00ff" });
});

test("the constant's name is made from the schema's", () => {
  const constantOf = (name: string): string | undefined => /export const (\w+)/.exec(emit({ ...EMPTY, name }))?.[1];
  expect(["tcp-life", "softirqs", "2fast", "a.b c", "-"].map(constantOf)).toEqual([
    "tcpLife",
    "softirqs",
    "object2fast",
    "aBC",
    "object",
  ]);
});

test("the same schema gives the same text", () => {
  expect(emit(awkward(3))).toBe(emit(structuredClone(awkward(3))));
});

test("Biome leaves the text as it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-format-"));
  try {
    const { formatter } = JSON.parse(readFileSync(join(repository, "biome.json"), "utf8"));
    writeFileSync(join(folder, "biome.json"), `${JSON.stringify({ root: true, formatter }, null, 2)}\n`);
    for (let padding = 1; padding < 90; padding++) {
      writeFileSync(join(folder, `awkward-${padding}.layouts.ts`), emit(awkward(padding)));
    }
    for (const file of readdirSync(prebuilt).filter((name) => name.endsWith(".bpf.o"))) {
      const schema = readSchema(readFileSync(join(prebuilt, file)), { name: file.replace(".bpf.o", "") });
      writeFileSync(join(folder, `${file}.layouts.ts`), emitLayouts(schema, { source: file, sha256: "00" }));
    }
    const biome = join(repository, "node_modules/.bin/biome");
    const command = [biome, "format", "--max-diagnostics=5", "."];
    const { exitCode, stderr, stdout } = Bun.spawnSync(command, { cwd: folder });
    expect({ exitCode, output: `${stdout}${stderr}` }).toMatchObject({ exitCode: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
