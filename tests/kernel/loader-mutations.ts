// Opens mutations of an object, one after the other, and says what became of each: run as a process of its own by
// loader-fuzz.test.ts, because libbpf may crash on them.
//
//   bun loader-mutations.ts <object> <first seed> <end seed>
import { readFileSync, writeSync } from "node:fs";
import { BpfError, openObject } from "@irqtrace/loader";

const STDOUT = 1;

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The object with 1 to 8 bytes changed; every tenth is cut off instead. */
export function mutate(object: Uint8Array, seed: number): Uint8Array {
  const random = randomFrom(seed);
  const draw = (limit: number): number => Math.floor(random() * limit);
  if (seed % 10 === 0) return object.slice(0, draw(object.length));
  const mutated = object.slice();
  for (let change = draw(8); change >= 0; change--) mutated[draw(mutated.length)] = draw(256);
  return mutated;
}

function open(bytes: Uint8Array): string {
  try {
    openObject(bytes)[Symbol.dispose]();
    return "opened";
  } catch (error) {
    if (error instanceof BpfError) return "refused";
    return `wrong ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

if (import.meta.main) {
  const [path = "", first, end] = process.argv.slice(2);
  const object = new Uint8Array(readFileSync(path));
  for (let seed = Number(first); seed < Number(end); seed++) {
    // Before the call: the seed of a crash is the last one told.
    writeSync(STDOUT, `${seed} `);
    writeSync(STDOUT, `${open(mutate(object, seed))}\n`);
  }
}
