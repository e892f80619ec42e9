import type { ObjectSchema } from "@irqtrace/decode";
import { attachPrograms } from "./attach-programs.ts";
import { checkNumber } from "./check.ts";
import { explainLoadFailure } from "./explain-load-failure.ts";
import type { Address } from "./ffi.ts";
import { BPF_F_MMAPABLE } from "./kernel-constants.ts";
import { KernelMap } from "./kernel-map.ts";
import { MappedSection } from "./live-section.ts";
import type { AttachOptions, LoadedObject } from "./loaded-object.ts";
import { MappedMemory, roundUpToPages } from "./mapped-memory.ts";
import { nativeCalls } from "./native-calls.ts";
import type { NativeObject } from "./native-object.ts";
import { Owner } from "./owner.ts";
import { type BpfProgram, ProgramHandle } from "./program-handle.ts";

/** Loads an opened object and takes it over: it is closed if loading fails. */
export function loadObject(native: NativeObject, schema: ObjectSchema): LoadedObject {
  try {
    makeSectionsMmapable(native, schema);
    const outcome = nativeCalls().run((functions) => functions.bpf_object__load(native.address), native.sink);
    checkNumber(outcome, {
      operation: "load",
      what: native.name,
      explain: (details) => explainLoadFailure(details, { schema, verifierLog: native.verifierLog.read() }),
    });
    native.verifierLog[Symbol.dispose]();
    // The types of names and values come from the schema, which checkSchema and the codecs hold the values to.
    return new LibbpfLoadedObject(native, schema) as unknown as LoadedObject;
  } catch (error) {
    native[Symbol.dispose]();
    throw error;
  }
}

// libbpf does so itself only where a variable is not static.
function makeSectionsMmapable(native: NativeObject, schema: ObjectSchema): void {
  const { bpf_map__map_flags: flagsOf } = nativeCalls().functions;
  for (const section of Object.values(schema.sections)) {
    const map = section === undefined ? null : native.findMap(section.name);
    if (section === undefined || map === null) continue;
    const flags = flagsOf(map) | BPF_F_MMAPABLE;
    native.setUp("share the memory of", section.name, (functions) => functions.bpf_map__set_map_flags(map, flags));
  }
}

/** {@link LoadedObject} over libbpf's; the schema holds the types, this class only values. */
class LibbpfLoadedObject {
  readonly schema: ObjectSchema;
  readonly #native: NativeObject;
  readonly #owner: Owner;
  readonly #programs: ReadonlyMap<string, Address>;
  readonly #maps = new Map<string, KernelMap>();
  readonly #sections = new Map<string, MappedSection>();

  constructor(native: NativeObject, schema: ObjectSchema) {
    this.#native = native;
    this.schema = schema;
    this.#owner = new Owner(native.name);
    this.#owner.own(native);
    const { bpf_program__fd: fdOf } = nativeCalls().functions;
    this.#programs = new Map([...native.programs()].filter(([, program]) => fdOf(program) >= 0));
  }

  get name(): string {
    return this.#native.name;
  }

  get programNames(): readonly string[] {
    return [...this.#programs.keys()];
  }

  get mapNames(): readonly string[] {
    return Object.keys(this.schema.maps);
  }

  hasSection(name: "rodata" | "data" | "bss"): boolean {
    return this.schema.sections[name] !== undefined;
  }

  attach(options: AttachOptions = {}): Disposable {
    this.#owner.assertOpen("attach", this.name);
    return this.#owner.own(attachPrograms(this.#native, this.#programs, options));
  }

  map(name: string): KernelMap {
    this.#owner.assertOpen("use", name);
    const known = this.#maps.get(name);
    if (known !== undefined) return known;
    const layout = Object.hasOwn(this.schema.maps, name) ? this.schema.maps[name] : undefined;
    const fd = layout === undefined ? -1 : this.#descriptorOf(name);
    if (layout === undefined || fd < 0)
      throw new TypeError(`Cannot use "${name}": "${this.name}" has no map of that name.`);
    const map = new KernelMap({ name, fd, owner: this.#owner, key: layout.key, value: layout.value });
    this.#maps.set(name, map);
    return map;
  }

  program(name: string): BpfProgram {
    this.#owner.assertOpen("use", name);
    const program = this.#programs.get(name);
    if (program === undefined) {
      throw new TypeError(`Cannot use "${name}": "${this.name}" has no program of that name, or it was not loaded.`);
    }
    return new ProgramHandle(name, nativeCalls().functions.bpf_program__fd(program), this.#owner);
  }

  section(name: "rodata" | "data" | "bss"): MappedSection {
    this.#owner.assertOpen("use", name);
    const known = this.#sections.get(name);
    if (known !== undefined) return known;
    const layout = this.schema.sections[name];
    if (layout === undefined) throw new TypeError(`Cannot use ".${name}": "${this.name}" has no such section.`);
    const isWritable = name !== "rodata";
    const memory = new MappedMemory({
      what: layout.name,
      byteLength: roundUpToPages(layout.size),
      fd: this.#descriptorOf(layout.name),
      isWritable,
    });
    this.#owner.own(memory);
    const section = new MappedSection({ objectName: this.name, owner: this.#owner, memory, layout, isWritable });
    this.#sections.set(name, section);
    return section;
  }

  [Symbol.dispose](): void {
    this.#owner.close();
  }

  #descriptorOf(mapName: string): number {
    const map = this.#native.findMap(mapName);
    return map === null ? -1 : nativeCalls().functions.bpf_map__fd(map);
  }
}
