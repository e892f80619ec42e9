import { GuardedMemory, type Shim } from "./open-shim.ts";

export const HEADER_BYTES = 16;
export const WARN = 0;
export const DEBUG = 2;

export interface LogMessage {
  readonly level: number;
  readonly text: string;
}

/** What a thread captured, read as irqtrace-shim.h has it. */
export interface ReadLog {
  readonly usedBytes: number;
  readonly lostMessages: number;
  readonly lostBytes: number;
  readonly messages: readonly LogMessage[];
}

export const EMPTY_LOG: ReadLog = { usedBytes: 0, lostMessages: 0, lostBytes: 0, messages: [] };

/** What libbpf says on this thread while `action` runs, in `byteLimit` bytes. */
export function captureLog(shim: Shim, byteLimit: number, maxLevel: number, action: () => void): ReadLog {
  shim.irqtrace_log_start(byteLimit, maxLevel);
  try {
    action();
  } finally {
    shim.irqtrace_log_stop();
  }
  const byteLength = shim.irqtrace_log_stop();
  if (byteLength === 0) return EMPTY_LOG;
  using memory = new GuardedMemory(shim, byteLength);
  const result = shim.irqtrace_log_read(memory.address, byteLength);
  if (result !== byteLength) throw new Error(`irqtrace_log_read gave ${result}, not ${byteLength}`);
  return readLog(memory.bytes);
}

function readLog(bytes: Uint8Array): ReadLog {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const usedBytes = view.getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(HEADER_BYTES));
  // Each message ends in a NUL: behind the last there is nothing.
  const [rest, ...messages] = text.split("\0").reverse();
  if (rest !== "" || messages.length !== view.getUint32(4, true) || HEADER_BYTES + usedBytes !== bytes.length) {
    throw new Error(`The log says that it holds ${view.getUint32(4, true)} messages: ${JSON.stringify(text)}`);
  }
  return {
    usedBytes,
    lostMessages: view.getUint32(8, true),
    lostBytes: view.getUint32(12, true),
    messages: messages.reverse().map((message) => ({ level: Number(message[0]), text: message.slice(1) })),
  };
}

/** Makes libbpf say, at debug level, that it loads the path, and as a warning, that it cannot. */
export function openMissing(shim: Shim, path: string): void {
  const name = new Uint8Array(new ArrayBuffer(path.length + 1));
  new TextEncoder().encodeInto(path, name);
  const object = shim.bpf_object__open_file(name, null);
  if (object !== null) throw new Error(`libbpf opened ${path}`);
}
