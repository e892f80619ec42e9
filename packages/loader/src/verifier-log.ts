import { type Address, readU32At } from "./ffi.ts";
import { MappedMemory } from "./mapped-memory.ts";

// The kernel touches what it writes alone, so that a large buffer costs nothing. It stays below 2^24 because older
// kernels refuse more than that.
const LOG_BYTES = 16 * 1024 * 1024 - 4096;
const PROGRESS = /^(processed \d+ insns|verification time|stack depth|max_states|insns processed)/;
const RELOCATION = /failed to resolve CO-RE relocation/;

/** Where the kernel's verifier writes its log, should it refuse a program. */
export class VerifierLogBuffer implements Disposable {
  readonly #memory = new MappedMemory({ what: "the verifier's log", byteLength: LOG_BYTES, isWritable: true });

  get address(): Address {
    return this.#memory.address;
  }

  get byteLength(): number {
    return this.#memory.byteLength;
  }

  /** What was written; empty if nothing was. */
  read(): string {
    if (this.#memory.isClosed || readU32At(this.#memory.address, 0) === 0) return "";
    const bytes = new Uint8Array(this.#memory.buffer);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end));
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}

/** The one line of a verifier's log that says why: the last one, but for its closing statistics. */
export function summarizeVerifierLog(log: string): string {
  const lines = log
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const relocation = lines.find((line) => RELOCATION.test(line));
  return relocation ?? lines.findLast((line) => !PROGRESS.test(line)) ?? "";
}
