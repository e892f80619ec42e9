import { type BpfMap, type LoadedObject, openObject } from "@irqtrace/loader";
import { alternate, underLoad } from "./alternate.ts";
import { compileProgram } from "./compile-program.ts";
import { start } from "./start-subject.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { Kind, Subject } from "./subjects.ts";

/** What one subject adds to an event, dispatch included: the median, net of the clock readings around it. */
export interface WholeCost {
  readonly subject: Subject;
  readonly addedNs: Spread;
  /** Each round's. */
  readonly addedOfRounds: readonly number[];
}

/** Of struct pair in sandwich.bpf.c: where the distribution starts, and its length. */
const BUCKETS_OFFSET = 16;
const BUCKETS = 8192;

/** Measures by clock readings before and after the subject's programs on both tracepoints. */
export async function measureWhole(
  subjects: readonly Subject[],
  rounds: number,
  windowMs: number,
): Promise<WholeCost[]> {
  const kinds: readonly Kind[] = [...new Set(subjects.map(({ kind }) => kind))];
  const items = [
    ...kinds.map((kind) => ({ kind, subject: null })),
    ...subjects.map((subject) => ({ kind: subject.kind, subject })),
  ];
  const rows = await underLoad(() =>
    alternate(items, rounds, ({ kind, subject }) => medianNs(kind, subject, windowMs)),
  );
  return subjects.map((subject, index) => {
    const bare = rows[kinds.indexOf(subject.kind)] ?? [];
    const medians = rows[kinds.length + index] ?? [];
    const addedOfRounds = medians.map((median, round) => median - (bare[round] ?? Number.NaN));
    return { subject, addedNs: spreadOf(addedOfRounds), addedOfRounds };
  });
}

/** The median of a pair's time between the readings, with a subject in between or none. */
async function medianNs(kind: Kind, subject: Subject | null, windowMs: number): Promise<number> {
  using sandwich = openObject(compileSandwich(), undefined, { name: "sandwich" }).load();
  // Listeners run in the order of their attachment.
  using _before = sandwich.attach({ only: named(sandwich, `${kind}_before`) });
  const running = subject === null ? null : await start(subject);
  try {
    using _after = sandwich.attach({ only: named(sandwich, `${kind}_after`) });
    const earlier = distribution(sandwich.map("pairs"));
    await Bun.sleep(windowMs);
    return medianOf(distribution(sandwich.map("pairs")).map((count, ns) => count - (earlier[ns] ?? 0)));
  } finally {
    await running?.stop();
  }
}

let compiled: Uint8Array | null = null;
function compileSandwich(): Uint8Array {
  compiled ??= compileProgram("sandwich");
  return compiled;
}

const named = (object: LoadedObject, prefix: string): string[] =>
  object.programNames.filter((name) => name.startsWith(prefix));

/** Events by ns, of all CPUs. */
function distribution(map: BpfMap): Float64Array {
  const bytes = new Uint8Array(map.maxEntries * map.stride);
  map.readInto(bytes);
  const sums = new Float64Array(BUCKETS);
  for (let cpu = 0; cpu < map.maxEntries; cpu++) {
    const counts = new BigUint64Array(bytes.buffer, cpu * map.stride + BUCKETS_OFFSET, BUCKETS);
    counts.forEach((count, ns) => {
      sums[ns] = (sums[ns] ?? 0) + Number(count);
    });
  }
  return sums;
}

function medianOf(counts: Float64Array): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  for (const [ns, count] of counts.entries()) {
    seen += count;
    if (seen > half) return ns;
  }
  throw new Error("No event was seen between the readings: is the load running?");
}
