import { MAP_KINDS, type MapKind, type ObjectSchema, type StructLayout } from "@irqtrace/decode";
import type { BpfMap } from "./bpf-map.ts";
import { checkAddress } from "./check.ts";
import { type Address, detach, memoryAt } from "./ffi.ts";
import { nativeCalls, startOf } from "./native-calls.ts";
import type { NativeObject } from "./native-object.ts";
import type { ConfigureOptions } from "./open-object.ts";
import { variableCodec } from "./variable-codec.ts";

const MAXIMUM_U32 = 0xffff_ffff;
const SECTIONS = ["rodata", "data", "bss"] as const;

/** Applies the options to an object that is not loaded yet. */
export function configureObject(
  native: NativeObject,
  schema: ObjectSchema,
  options: ConfigureOptions<ObjectSchema>,
): void {
  const programs = native.programs();
  for (const [name, isWanted] of given(options.programs)) {
    setAutoload(native, find(programs.get(name), native, "program", name), name, isWanted);
  }
  const mapNamed = (name: string): Address => find(native.findMap(name) ?? undefined, native, "map", name);
  for (const [name, kind] of given(options.mapKinds)) setKind(native, mapNamed(name), name, kind);
  for (const [name, entries] of given(options.maxEntries)) setMaxEntries(native, mapNamed(name), name, entries);
  for (const [name, shared] of given(options.reuse)) reuse(native, mapNamed(name), name, shared);
  for (const section of SECTIONS) setVariables(native, section, schema.sections[section], options[section]);
}

function given<T>(values: Readonly<Record<string, T | undefined>> | undefined): [string, T][] {
  const entries = Object.entries(values ?? {});
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, T]]));
}

function find(address: Address | undefined, native: NativeObject, what: string, name: string): Address {
  if (address !== undefined) return address;
  throw new TypeError(`Cannot configure "${name}": "${native.name}" has no ${what} of that name.`);
}

function setAutoload(native: NativeObject, program: Address, name: string, isWanted: boolean): void {
  if (typeof isWanted !== "boolean") throw new TypeError(`Cannot configure "${name}": give true or false.`);
  native.setUp("switch", name, (functions) => functions.bpf_program__set_autoload(program, isWanted));
}

function setKind(native: NativeObject, map: Address, name: string, kind: MapKind): void {
  const type = kind === "other" ? -1 : MAP_KINDS.indexOf(kind);
  if (type < 1) throw new TypeError(`Cannot configure "${name}": "${kind}" is not a kind of map.`);
  native.setUp(`make a ${kind} of`, name, (functions) => functions.bpf_map__set_type(map, type));
}

function setMaxEntries(native: NativeObject, map: Address, name: string, entries: number): void {
  if (!Number.isInteger(entries) || entries < 1 || entries > MAXIMUM_U32) {
    throw new RangeError(
      `Cannot give "${name}" ${String(entries)} entries: give a whole number from 1 to ${MAXIMUM_U32}.`,
    );
  }
  native.setUp("set the entries of", name, (functions) => functions.bpf_map__set_max_entries(map, entries));
}

function reuse(native: NativeObject, map: Address, name: string, shared: BpfMap): void {
  const { fd } = shared;
  native.setUp(`use "${shared.name}" as`, name, (functions) => functions.bpf_map__reuse_fd(map, fd));
}

function setVariables(
  native: NativeObject,
  section: string,
  layout: StructLayout | undefined,
  values: Readonly<Record<string, unknown>> | undefined,
): void {
  const changes = given(values);
  if (changes.length === 0) return;
  const map = layout === undefined ? null : native.findMap(layout.name);
  if (layout === undefined || map === null) {
    throw new TypeError(`Cannot configure "${changes[0]?.[0]}": "${native.name}" has no .${section}.`);
  }
  const size = new BigUint64Array(new ArrayBuffer(8));
  // SAFETY: libbpf writes one size_t.
  const outcome = nativeCalls().run((functions) => functions.bpf_map__initial_value(map, startOf(size)));
  const address = checkAddress(outcome, { operation: "find the first values of", what: layout.name });
  // SAFETY: libbpf says how many bytes lie there; they stay until load, which does not run before the buffer is detached.
  const buffer = memoryAt(address, Number(size[0]));
  try {
    for (const [name, value] of changes) encodeVariable(native, layout, new DataView(buffer), name, value);
  } finally {
    detach(buffer);
  }
}

function encodeVariable(
  native: NativeObject,
  layout: StructLayout,
  view: DataView,
  name: string,
  value: unknown,
): void {
  const field = layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    throw new TypeError(`Cannot configure "${name}": ${layout.name} of "${native.name}" has no such variable.`);
  }
  variableCodec(layout.name, field).encode(value, view, field.offset);
}
