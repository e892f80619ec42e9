import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LayoutMismatchError, type ObjectSchema, openObject, readSchema } from "@irqtrace/loader";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

const COMMAND = Bun.fileURLToPath(new URL("../../packages/loader/src/layouts-command.ts", import.meta.url));

/** What the layouts command makes of an object. */
async function generated(object: Uint8Array, ...options: readonly string[]): Promise<ObjectSchema> {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-schema-"));
  try {
    const path = join(folder, "tool.bpf.o");
    const module = join(folder, "tool.layouts.ts");
    writeFileSync(path, object);
    const { stdout, success } = Bun.spawnSync([process.execPath, COMMAND, "layouts", path, ...options]);
    expect(success).toBe(true);
    writeFileSync(module, stdout);
    const { tool }: { tool: ObjectSchema } = await import(module);
    return tool;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(NO_CLANG !== "")(`a generated schema${NO_CLANG}`, () => {
  test("opens its object and decides what 64-bit integers become", async () => {
    const numbers = await generated(fixture("loader-maps"), "--u64", "number");
    using loaded = openObject(fixture("loader-maps"), numbers).load();
    expect(loaded.section("bss").read("entries")).toBe(0);
    expect(loaded.section("data").read("start_value")).toBe(-42);
    loaded.map("recent").set(1, 2 ** 53 - 1);
    expect(loaded.map("recent").get(1)).toBe(2 ** 53 - 1);
    expect(() => loaded.map("recent").set(1, 2 ** 53)).toThrow(RangeError);
    const bigints = await generated(fixture("loader-maps"));
    using other = openObject(fixture("loader-maps"), bigints)
      .configure({ reuse: { recent: loaded.map("recent") } })
      .load();
    other.map("recent").set(1, 2n ** 53n);
    expect(() => loaded.map("recent").get(1)).toThrow(RangeError);
  });

  test("is that of the object as it is read at run time, and its hash", async () => {
    const { sha256, ...schema } = (await generated(fixture("loader-maps"))) as ObjectSchema & { sha256: string };
    expect(schema as ObjectSchema).toEqual(readSchema(fixture("loader-maps"), { name: "tool" }));
    expect(sha256).toBe(new Bun.CryptoHasher("sha256").update(fixture("loader-maps")).digest("hex"));
  });

  test("does not open another object", async () => {
    const schema = await generated(fixture("loader-maps"));
    expect(() => openObject(fixture("loader-refused"), schema)).toThrow(LayoutMismatchError);
    expect(() => openObject(fixture("loader-refused"), schema)).toThrow('it has no program "count_entry"');
  });

  test("opens a rebuilt object as long as everything lies where it did", async () => {
    const schema = { ...(await generated(fixture("loader-maps"))), sha256: "of another build" };
    openObject(fixture("loader-maps"), schema)[Symbol.dispose]();
    const bss = schema.sections.bss;
    if (bss === undefined) throw new Error("The fixture has a .bss.");
    const moved = { ...bss, fields: bss.fields.map((field) => ({ ...field, offset: field.offset + 8 })) };
    const stale = { ...schema, sections: { ...schema.sections, bss: moved } };
    expect(() => openObject(fixture("loader-maps"), stale)).toThrow(LayoutMismatchError);
    expect(() => openObject(fixture("loader-maps"), stale)).toThrow("Generate the layouts anew");
  });
});
