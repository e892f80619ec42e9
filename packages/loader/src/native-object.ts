import { checkAddress, checkNumber } from "./check.ts";
import { EINVAL } from "./errno-table.ts";
import { BpfError } from "./errors.ts";
import { type Address, cString, scratch, stringAt, toAddress } from "./ffi.ts";
import { type LogSink, type NativeCalls, nativeCalls, startOf } from "./native-calls.ts";
import { VerifierLogBuffer } from "./verifier-log.ts";

/** Where the fields of struct bpf_object_open_opts lie (libbpf 1.1 to 1.8); held to the C by a test. */
export const OPEN_OPTIONS_OFFSETS = {
  sz: 0,
  object_name: 8,
  kernel_log_buf: 56,
  kernel_log_size: 64,
  kernel_log_level: 72,
} as const;
/** sizeof in libbpf 1.1; newer ones take the fields that they have added as absent. */
export const OPEN_OPTIONS_BYTES = 80;

/** libbpf's `struct bpf_object`, closed once. */
export class NativeObject implements Disposable {
  readonly name: string;
  readonly sink: LogSink | undefined;
  readonly verifierLog: VerifierLogBuffer;
  readonly #calls: NativeCalls = nativeCalls();
  readonly #maps = new Map<string, Address>();
  #address: Address | null;

  constructor(bytes: Uint8Array, name: string, sink: LogSink | undefined) {
    this.name = name;
    this.sink = sink;
    const attempt = { operation: "open", what: name };
    if (bytes.length === 0) throw new BpfError({ ...attempt, errno: EINVAL, why: "it is empty" });
    this.verifierLog = new VerifierLogBuffer();
    try {
      const { options, keptAlive } = openOptions(name, this.verifierLog);
      // libelf wants its input aligned, which a view into a larger file may not be.
      const copy = scratch(bytes.length);
      copy.set(bytes);
      // SAFETY: libbpf reads the bytes during the call alone and copies the name; the log buffer lives until load is done.
      const outcome = this.#calls.run(
        (functions) => functions.bpf_object__open_mem(startOf(copy), copy.length, startOf(options)),
        sink,
      );
      this.#address = checkAddress(outcome, attempt);
      // The name must outlive the call; the engine may otherwise free what it does not see used.
      keptAlive.fill(0);
    } catch (error) {
      this.verifierLog[Symbol.dispose]();
      throw error;
    }
  }

  get address(): Address {
    if (this.#address === null) throw new Error(`Cannot use "${this.name}": it is closed. Open it again.`);
    return this.#address;
  }

  /** Finds a map by its name in the source, or a section's map by the section's: `.bss`. */
  findMap(name: string): Address | null {
    const { address } = this;
    const known = this.#maps.get(name);
    if (known !== undefined) return known;
    const found: unknown = this.#calls.functions.bpf_object__find_map_by_name(address, startOf(cString(name)));
    if (found === null) return null;
    const map = toAddress(found, name);
    // Remembered, because libbpf renames a map that reuses another one.
    this.#maps.set(name, map);
    return map;
  }

  /** All programs, by name, in the object's order. */
  programs(): Map<string, Address> {
    const { bpf_object__next_program: next, bpf_program__name: nameOf } = this.#calls.functions;
    const programs = new Map<string, Address>();
    let current: unknown = next(this.address, null);
    while (current !== null) {
      const program = toAddress(current, "a program");
      programs.set(stringAt(toAddress(nameOf(program), "a program's name")), program);
      current = next(this.address, program);
    }
    return programs;
  }

  [Symbol.dispose](): void {
    if (this.#address === null) return;
    const address = this.#address;
    this.#address = null;
    this.verifierLog[Symbol.dispose]();
    // SAFETY: the address is forgotten before it is freed, and everything reached through it asks here first.
    this.#calls.run((functions) => functions.bpf_object__close(address), this.sink);
  }

  /** Calls a setter of libbpf that returns 0 or a negative error number. */
  setUp(operation: string, what: string, action: Parameters<NativeCalls["run"]>[0]): void {
    const outcome = this.#calls.run(action, this.sink);
    if (typeof outcome.value !== "number") throw new TypeError(`"${operation}" returned no number`);
    checkNumber({ ...outcome, value: outcome.value }, { operation, what });
  }
}

function openOptions(
  name: string,
  log: VerifierLogBuffer,
): { readonly options: Uint8Array<ArrayBuffer>; readonly keptAlive: Uint8Array } {
  const nameBytes = cString(name);
  const options = scratch(OPEN_OPTIONS_BYTES);
  const view = new DataView(options.buffer);
  view.setBigUint64(OPEN_OPTIONS_OFFSETS.sz, BigInt(OPEN_OPTIONS_BYTES), true);
  view.setBigUint64(OPEN_OPTIONS_OFFSETS.object_name, BigInt(startOf(nameBytes)), true);
  view.setBigUint64(OPEN_OPTIONS_OFFSETS.kernel_log_buf, BigInt(log.address), true);
  view.setBigUint64(OPEN_OPTIONS_OFFSETS.kernel_log_size, BigInt(log.byteLength), true);
  return { options, keptAlive: nameBytes };
}
