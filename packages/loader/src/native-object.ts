import { checkAddress, checkNumber } from "./check.ts";
import { EINVAL } from "./errno-table.ts";
import { BpfError } from "./errors.ts";
import { type Address, cString, scratch, stringAt, toAddress } from "./ffi.ts";
import type { NativeFunctions } from "./find-libbpf.ts";
import { type LogSink, type NativeCalls, nativeCalls, startOf } from "./native-calls.ts";
import { OpenOptionsStruct } from "./open-options-struct.ts";
import { VerifierLogBuffer } from "./verifier-log.ts";

/** What an object is opened from. */
export interface NativeObjectSource {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly pinFolder?: string | undefined;
  readonly log?: LogSink | undefined;
}

/** libbpf's `struct bpf_object`, closed once. */
export class NativeObject implements Disposable {
  readonly name: string;
  readonly sink: LogSink | undefined;
  readonly verifierLog: VerifierLogBuffer;
  readonly #calls: NativeCalls = nativeCalls();
  readonly #maps = new Map<string, Address>();
  #address: Address | null;

  constructor({ bytes, name, pinFolder, log }: NativeObjectSource) {
    this.name = name;
    this.sink = log;
    const attempt = { operation: "open", what: name };
    if (bytes.length === 0) throw new BpfError({ ...attempt, errno: EINVAL, why: "it is empty" });
    this.verifierLog = new VerifierLogBuffer();
    try {
      const options = new OpenOptionsStruct({ name, pinFolder, verifierLog: this.verifierLog });
      // libelf wants its input aligned, which a view into a larger file may not be.
      const copy = scratch(bytes.length);
      copy.set(bytes);
      // SAFETY: libbpf reads the bytes during the call alone and copies the texts; the log buffer lives until load is done.
      const outcome = this.#calls.run(
        (functions) => functions.bpf_object__open_mem(startOf(copy), copy.length, options.address),
        log,
      );
      this.#address = checkAddress(outcome, attempt);
      options.release();
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
  setUp(operation: string, what: string, action: (functions: NativeFunctions) => number): void {
    checkNumber(this.#calls.run(action, this.sink), { operation, what });
  }
}
