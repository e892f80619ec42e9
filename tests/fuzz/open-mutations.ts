// Opens mutations of an object, one after the other, and says what became of each: run as a process of its own by
// mutated-objects.test.ts, because libbpf may crash on them.
//
//   bun open-mutations.ts <object> <first seed> <end seed>
import { readFileSync, writeSync } from "node:fs";
import type { ObjectSchema } from "@irqtrace/decode";
import { BpfError, LayoutMismatchError, openObject, readSchema } from "@irqtrace/loader";
import { damaged, damagesOf } from "./damage.ts";
import { elfRegions } from "./elf-regions.ts";

const STDOUT = 1;

/** The object with the damages of that seed. */
export function mutate(object: Uint8Array, seed: number): Uint8Array {
  return damaged(object, damagesOf(seed), elfRegions(object));
}

function open(bytes: Uint8Array, schema: ObjectSchema | undefined): string {
  try {
    using _ = schema === undefined ? openObject(bytes) : openObject(bytes, schema);
    return "opened";
  } catch (error) {
    if (error instanceof BpfError || (error instanceof LayoutMismatchError && schema !== undefined)) return "refused";
    return `wrong ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

if (import.meta.main) {
  const [path = "", first, end] = process.argv.slice(2);
  const object = new Uint8Array(readFileSync(path));
  const schema = readSchema(object, { name: "whole" });
  for (let seed = Number(first); seed < Number(end); seed++) {
    // Before the call: the seed of a crash is the last one told.
    writeSync(STDOUT, `${seed} `);
    writeSync(STDOUT, `${open(mutate(object, seed), seed % 2 === 0 ? undefined : schema)}\n`);
  }
}
