import { addressOf, scratch } from "./ffi.ts";
import type { ShimFunctions } from "./find-libbpf.ts";
import { LIBBPF_WARN } from "./kernel-constants.ts";
import { type LogCapture, linesOf, type PrintedLine } from "./log-capture.ts";

/** What one call may say. A message takes memory only once it is there. */
const LIMIT_BYTES = 8 * 1024 * 1024;
const HEADER_BYTES = 16;
const MESSAGES_LOST_AT = 8;

/** The log that the shim of a bundled libbpf keeps for each thread: nothing to install, to lock, or to call back. */
export class ShimLog implements LogCapture {
  readonly #shim: ShimFunctions;
  readonly #limitBytes: number;

  constructor(shim: ShimFunctions, limitBytes: number = LIMIT_BYTES) {
    this.#shim = shim;
    this.#limitBytes = limitBytes;
  }

  start(maxLevel: number): void {
    this.#shim.irqtrace_log_start(this.#limitBytes, maxLevel);
  }

  stop(): readonly PrintedLine[] {
    const byteLength = this.#shim.irqtrace_log_stop();
    if (byteLength === 0) return [];
    const bytes = scratch(byteLength);
    // SAFETY: the shim writes no more than the size that it is told, which is the buffer's.
    const written = this.#shim.irqtrace_log_read(addressOf(bytes, 0, byteLength), byteLength);
    if (written !== byteLength)
      throw new Error(`Cannot read libbpf's messages: ${written} of ${byteLength} bytes came.`);
    return readLines(bytes);
  }
}

// Each message is the digit of its level, its text and a NUL.
function readLines(bytes: Uint8Array): readonly PrintedLine[] {
  const messages = new TextDecoder().decode(bytes.subarray(HEADER_BYTES)).split("\0").slice(0, -1);
  const lines = messages.flatMap((message) => linesOf(Number(message[0]), message.slice(1)));
  const lost = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MESSAGES_LOST_AT, true);
  if (lost > 0) lines.push({ level: LIBBPF_WARN, text: `(${lost} messages of libbpf were too long to be kept whole)` });
  return lines;
}
