import { fstatSync, write } from "node:fs";
import { ClosedOutputError } from "./closed-output-error.ts";
import type { TextSink } from "./environment.ts";

const RETRY_MS = 5;

/**
 * Writes to a file descriptor from a worker thread, one text after the other, and those that have come meanwhile at once:
 * libbpf's messages are hundreds of lines, and a thread is asked for each write. `process.stdout` would block this thread
 * on a terminal that stands still (Ctrl-S, a hung connection), and with it the signals that are to detach the programs.
 */
export class FdSink implements TextSink {
  readonly #fd: number;
  readonly #readColumns: () => number | undefined;
  #queue: Promise<void> = Promise.resolve();
  #pending = "";
  #isTTY: boolean | undefined;

  constructor(fd: number, readColumns: () => number | undefined) {
    this.#fd = fd;
    this.#readColumns = readColumns;
  }

  get isTTY(): boolean {
    this.#isTTY ??= isTerminal(this.#fd);
    return this.#isTTY;
  }

  get columns(): number | undefined {
    const columns = this.isTTY ? this.#readColumns() : undefined;
    // A serial console says 0: it does not know.
    return columns === 0 ? undefined : columns;
  }

  write(text: string): Promise<void> {
    this.#pending += text;
    this.#queue = this.#queue.then(() => this.#writePending());
    return this.#queue;
  }

  async #writePending(): Promise<void> {
    const bytes = new TextEncoder().encode(this.#pending);
    this.#pending = "";
    await this.#writeAll(bytes);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const result = await writeSome(this.#fd, bytes, written);
      if (typeof result === "number") written += result;
      else if (result.code === "EAGAIN") await Bun.sleep(RETRY_MS);
      else if (meansClosed(this.#fd, result)) throw new ClosedOutputError("The output was closed.", { cause: result });
      else throw new Error(`Cannot write the output: ${result.message}`, { cause: result });
    }
  }
}

/** A terminal that went away gives EIO, and is none any more if asked only now; on a file that is a failing disk. */
function meansClosed(fd: number, { code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "ECONNRESET" || (code === "EIO" && fstatSync(fd).isCharacterDevice());
}

function writeSome(fd: number, bytes: Uint8Array, offset: number): Promise<number | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    write(fd, bytes, offset, bytes.length - offset, null, (error, count) => resolve(error ?? count));
  });
}

/** node:tty takes long to load: asked only when it matters, and only of what can be a terminal. */
function isTerminal(fd: number): boolean {
  return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(fd);
}
