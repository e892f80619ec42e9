import { readFileSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import type {
  MapKind,
  MapLayout,
  MapName,
  ObjectSchema,
  ProgramName,
  SectionName,
  SectionValue,
} from "@irqtrace/decode";
import type { BpfMap } from "./bpf-map.ts";
import { checkSchema } from "./check-schema.ts";
import { configureObject } from "./configure-object.ts";
import { loadObject } from "./load-object.ts";
import type { LoadedObject } from "./loaded-object.ts";
import { type LogSink, nativeCalls } from "./native-calls.ts";
import { NativeObject } from "./native-object.ts";
import { readSchema } from "./read-schema.ts";

/** How {@link openObject} opens. */
export interface OpenOptions {
  /** The object's name, in messages and in the names of its sections' maps; the schema's or the file's by default. */
  readonly name?: string | undefined;
  /**
   * The folder, on a bpffs, of maps that the object itself declares as pinned by name; `/sys/fs/bpf` by default. `load`
   * pins them there, or shares what is pinned there already.
   */
  readonly pinFolder?: string | undefined;
  /**
   * Receives each line that libbpf prints, debug lines included, after the call that printed it. What it throws is an
   * uncaught error.
   */
  readonly log?: LogSink | undefined;
}

/** A schema whose maps have other kinds: what {@link OpenObject.configure} makes of `mapKinds`. */
export type WithMapKinds<S extends ObjectSchema, K> = Omit<S, "maps"> & {
  readonly maps: { readonly [M in keyof S["maps"]]: WithKind<S["maps"][M], M extends keyof K ? K[M] : undefined> };
};
type WithKind<M extends MapLayout, K> = [K] extends [undefined]
  ? M
  : Omit<M, "kind"> & { readonly kind: K extends MapKind ? K : M["kind"] };

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };
type SectionOf<S extends ObjectSchema, N extends string> =
  N extends SectionName<S> ? Optional<SectionValue<S, N>> : Readonly<Record<string, never>>;

/** What can be set between open and load. */
export interface ConfigureOptions<S extends ObjectSchema, K = Optional<Record<MapName<S>, MapKind>>> {
  /** `false`: the program is not loaded. Programs are loaded by default, unless their section's name begins with `?`. */
  readonly programs?: Optional<Record<ProgramName<S>, boolean>> | undefined;
  /** Entries of a map; bytes of a ring buffer. */
  readonly maxEntries?: Optional<Record<MapName<S>, number>> | undefined;
  /** Another kind for a map, with the same key and value: `percpu_array` for `array`. */
  readonly mapKinds?: K | undefined;
  /** A map of another object, which this object then shares. It must have the same kind and sizes. */
  readonly reuse?: Optional<Record<MapName<S>, BpfMap>> | undefined;
  /** Constants. Those not given keep the value that they have in the source. */
  readonly rodata?: SectionOf<S, "rodata"> | undefined;
  /** First values of variables that have one in the source. */
  readonly data?: SectionOf<S, "data"> | undefined;
  /** First values of variables that are zero in the source. */
  readonly bss?: SectionOf<S, "bss"> | undefined;
}

/**
 * A BPF object that is parsed but not in the kernel.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqs } from "@irqtrace/bpf-objects/layouts";
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), softirqs)
 *   .configure({ programs: { softirq_count_tp_btf: false, softirq_count_raw_tp: false }, rodata: { filter_cpus: true } })
 *   .load();
 * console.log(loaded.programNames.length, loaded.section("rodata").read("filter_cpus")); // 4 true
 * ```
 */
export interface OpenObject<S extends ObjectSchema = ObjectSchema> extends Disposable {
  readonly name: string;
  /** The schema that was given, or else what the object's BTF says. */
  readonly schema: S;
  /**
   * Changes what will be loaded. Can be called more than once; the last word counts.
   *
   * @throws TypeError on a name that the object does not have, RangeError on a number out of range
   * @throws {@link BpfError} if libbpf refuses
   */
  configure<const K extends Optional<Record<MapName<S>, MapKind>> = Record<never, MapKind>>(
    options: ConfigureOptions<S, K>,
  ): OpenObject<WithMapKinds<S, K>>;
  /**
   * Loads maps and programs into the kernel. This object is used up by it, whether it succeeds or not.
   *
   * @throws {@link VerifierError} if the verifier refuses a program
   * @throws {@link UnsupportedKernelError} if the kernel lacks what a program or map needs
   * @throws {@link BpfError} otherwise, with a hint where missing rights are the likely cause
   */
  load(): LoadedObject<S>;
}

/**
 * Opens a BPF object: its bytes, or a `file:` URL. With a schema (see the `layouts` command) every name and value is
 * typed, and the schema is checked against the object's BTF; without one, the BTF is read and values are `unknown`.
 *
 * @throws {@link BpfError} if it is not a BPF object
 * @throws LayoutMismatchError if the schema does not fit the object
 * @throws {@link UnsupportedPlatformError} if this is not Linux, not Bun, or there is no libbpf
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), undefined, { name: "softirqs" }).load();
 * using _link = loaded.attach({ only: ["softirq_count_raw_tp"] });
 * console.log(loaded.mapNames.join(" ")); // cgroup vectors
 * ```
 */
export function openObject<const S extends ObjectSchema>(
  object: Uint8Array | URL,
  schema: S,
  options?: OpenOptions,
): OpenObject<S>;
export function openObject(object: Uint8Array | URL, schema?: undefined, options?: OpenOptions): OpenObject;
export function openObject(object: Uint8Array | URL, schema?: ObjectSchema, options: OpenOptions = {}): OpenObject {
  const bytes = object instanceof URL ? readFileSync(object) : object;
  if (!(bytes instanceof Uint8Array))
    throw new TypeError("Cannot open an object from that: give a Uint8Array or a file: URL.");
  nativeCalls(); // says first if there is no BPF here
  const name = options.name ?? schema?.name ?? (object instanceof URL ? fileName(object) : "object");
  // First, because it finds what is broken without crashing on it, which libbpf 1.1 at times does.
  const checked = schema !== undefined && isGeneratedFrom(schema, bytes) ? schema : readAndCheck(bytes, name, schema);
  // The types of names and values come from the schema, which is checked, or are unknown.
  const { pinFolder, log } = options;
  if (pinFolder !== undefined && !isAbsolute(pinFolder)) {
    throw new TypeError(`Cannot pin the maps of "${name}" in "${pinFolder}": give an absolute path on a bpffs.`);
  }
  return new OpenedObject(new NativeObject({ bytes, name, pinFolder, log }), checked) as unknown as OpenObject;
}

// A schema that names the hash of these very bytes was generated from them: parsing them again would take longer than
// opening them.
function isGeneratedFrom(schema: ObjectSchema, bytes: Uint8Array): boolean {
  return "sha256" in schema && schema.sha256 === new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

function readAndCheck(bytes: Uint8Array, name: string, schema: ObjectSchema | undefined): ObjectSchema {
  const declared = readSchema(bytes, { name });
  if (schema !== undefined) checkSchema(schema, declared);
  return schema ?? declared;
}

function fileName(url: URL): string {
  return basename(Bun.fileURLToPath(url)).replace(/(\.bpf)?\.o$/, "");
}

/** {@link OpenObject} over libbpf's; the schema holds the types, this class only values. */
class OpenedObject {
  readonly schema: ObjectSchema;
  readonly #native: NativeObject;
  #isUsedUp = false;

  constructor(native: NativeObject, schema: ObjectSchema) {
    this.#native = native;
    this.schema = schema;
  }

  get name(): string {
    return this.#native.name;
  }

  configure(options: ConfigureOptions<ObjectSchema>): this {
    this.#assertUsable("configure");
    configureObject(this.#native, this.schema, options);
    return this;
  }

  load(): LoadedObject {
    this.#assertUsable("load");
    this.#isUsedUp = true;
    return loadObject(this.#native, this.schema);
  }

  [Symbol.dispose](): void {
    if (this.#isUsedUp) return;
    this.#isUsedUp = true;
    this.#native[Symbol.dispose]();
  }

  #assertUsable(operation: string): void {
    if (this.#isUsedUp) {
      throw new Error(`Cannot ${operation} "${this.name}": it is loaded or closed already. Open it again.`);
    }
  }
}
