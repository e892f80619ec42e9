import type { RawSnapshot } from "@irqtrace/decode";

type Module = Readonly<Record<string, unknown>>;
type Decoder = (raw: RawSnapshot) => unknown;

/** By the schema that a capture names: the entry that decodes it, and the function. */
const DECODERS: Readonly<Record<string, readonly [string, string]>> = {
  "irqtrace.hardirqs/1": ["@irqtrace/hardirqs/decode", "decodeHardirqs"],
  "irqtrace.interrupts/1": ["@irqtrace/interrupts/decode", "decodeInterrupts"],
  "irqtrace.victims/1": ["@irqtrace/interrupts/decode", "decodeVictims"],
  "irqtrace.softirqs/1": ["@irqtrace/softirqs/decode", "decodeSoftirqs"],
};

/**
 * What every platform does with the portable packages: it says what they export, and decodes captures. `load` imports an
 * entry by its published name; captures are JSON, with their bytes in base64. Without its types this file is plain
 * ECMAScript that imports nothing.
 */
export async function portableProgram(
  load: (entry: string) => Promise<Module>,
  entries: readonly string[],
  captures: readonly string[],
): Promise<string> {
  const exported: Record<string, readonly string[]> = {};
  for (const entry of entries) exported[entry] = Object.keys(await load(entry)).sort();
  const snapshots: unknown[] = [];
  for (const capture of captures) {
    const raw: RawSnapshot = JSON.parse(capture, reviveBytes);
    const [entry = "", name = ""] = DECODERS[raw.schema] ?? [];
    const decode = (await load(entry))[name] as Decoder;
    snapshots.push(decode(raw));
  }
  return JSON.stringify({ exported, snapshots }, (_key, value) =>
    typeof value?.buckets === "function" ? value.buckets() : value,
  );
}

function reviveBytes(key: string, value: unknown): unknown {
  if (key !== "bytes") return value;
  return Uint8Array.from(atob(String(value)), (character) => character.charCodeAt(0));
}
