import { closeSync, constants, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/** An event as the kernel's own tracing recorded it. */
export interface RawSoftirqEvent {
  readonly kind: "raise" | "entry";
  readonly cpu: number;
  readonly vector: number;
  /** CLOCK_MONOTONIC, which programs read too. */
  readonly atNs: number;
  /** The thread that was current. */
  readonly thread: number;
}

const TRACING = "/sys/kernel/tracing";
const BUFFER_KB = 65_536;
/** The ring buffer's subbuffers, unless told otherwise. */
const PAGE_BYTES = 4096;

/**
 * Records irq:softirq_raise and irq:softirq_entry of all CPUs in an instance of tracefs that is mounted for nobody else, and
 * ends with the child process. Nothing of it passes through BPF.
 */
export class RawSoftirqTrace implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  /** Its folder, as the child sees it. */
  #instance = "";

  private constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">) {
    this.#child = child;
  }

  static async start(): Promise<RawSoftirqTrace> {
    const script = `set -eu
      mount -t tracefs none ${TRACING}
      instance=${TRACING}/instances/irqtrace-test-$$
      mkdir "$instance"
      trap 'echo 0 > "$instance/events/enable"; rmdir "$instance"' EXIT
      # A signal alone ends sh without that.
      trap 'exit 1' TERM
      echo mono > "$instance/trace_clock"
      echo ${BUFFER_KB} > "$instance/buffer_size_kb"
      echo 1 > "$instance/events/irq/softirq_raise/enable"
      echo 1 > "$instance/events/irq/softirq_entry/enable"
      echo "$instance"
      read -r _
      echo 0 > "$instance/events/enable"
      echo stopped
      read -r _`;
    const child = Bun.spawn(["unshare", "-m", "sh", "-c", script, "record-softirqs"], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    const trace = new RawSoftirqTrace(child);
    trace.#instance = await trace.#line();
    return trace;
  }

  /** Stops recording and gives what was recorded, by CPU and within a CPU by time. */
  async stop(): Promise<readonly RawSoftirqEvent[]> {
    this.#child.stdin.write("\n");
    this.#child.stdin.flush();
    await this.#line();
    // The child's mount, seen from here.
    const instance = `/proc/${this.#child.pid}/root${this.#instance}`;
    const kinds = new Map(
      (["raise", "entry"] as const).map((kind) => [
        Number(readFileSync(`${instance}/events/irq/softirq_${kind}/id`, "utf8")),
        kind,
      ]),
    );
    const cpus = readdirSync(`${instance}/per_cpu`).map((name) => Number(name.replace("cpu", "")));
    return cpus
      .sort((one, other) => one - other)
      .flatMap((cpu) => {
        const folder = `${instance}/per_cpu/cpu${cpu}`;
        const [, overrun = "?"] = /^overrun: (\d+)$/m.exec(readFileSync(`${folder}/stats`, "utf8")) ?? [];
        if (overrun !== "0") throw new Error(`The recording lost ${overrun} events on CPU ${cpu}.`);
        return readPages(`${folder}/trace_pipe_raw`).flatMap((page) => eventsOf(page, cpu, kinds));
      });
  }

  async #line(): Promise<string> {
    let text = "";
    for await (const chunk of this.#child.stdout.values({ preventCancel: true })) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("\n")) return text.trim();
    }
    throw new Error("Cannot record softirqs: the recording process ended early.");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#child.exited;
  }
}

/** All pages that a CPU's buffer has; the file gives one with each read, and would wait for more at the end. */
function readPages(path: string): DataView[] {
  const pages: DataView[] = [];
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (;;) {
      const page = new Uint8Array(PAGE_BYTES);
      const bytes = readOrNothing(file, page);
      if (bytes === 0) return pages;
      pages.push(new DataView(page.buffer, 0, bytes));
    }
  } finally {
    closeSync(file);
  }
}

function readOrNothing(file: number, page: Uint8Array): number {
  try {
    return readSync(file, page);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
    throw error;
  }
}

/** Types of records that are no event (include/linux/ring_buffer.h). */
const [PADDING, TIME_EXTEND, TIME_STAMP] = [29, 30, 31] as const;
/** A page begins with its time and with the bytes in use. */
const HEADER_BYTES = 16;
const DELTA_BITS = 27;

/** Records have 5 bits of type and 27 bits of time since the last; an event's data begins with its id and its thread. */
function eventsOf(page: DataView, cpu: number, kinds: ReadonlyMap<number, "raise" | "entry">): RawSoftirqEvent[] {
  const events: RawSoftirqEvent[] = [];
  let atNs = Number(page.getBigUint64(0, true));
  const end = HEADER_BYTES + (page.getUint32(8, true) & 0xfffff);
  for (let at = HEADER_BYTES; at < end; ) {
    const word = page.getUint32(at, true);
    const [type, delta] = [word & 31, word >>> 5];
    at += 4;
    if (type === PADDING) {
      if (delta === 0) break;
      at += page.getUint32(at, true);
    } else if (type === TIME_EXTEND) {
      atNs += delta + page.getUint32(at, true) * 2 ** DELTA_BITS;
      at += 4;
    } else if (type === TIME_STAMP) {
      // The high bits of an absolute time are those of the page.
      const low = delta + page.getUint32(at, true) * 2 ** DELTA_BITS;
      atNs = low + Math.floor(atNs / 2 ** 59) * 2 ** 59;
      at += 4;
    } else {
      atNs += delta;
      const [data, bytes] = type === 0 ? [at + 4, page.getUint32(at, true)] : [at, 4 * type];
      const kind = kinds.get(page.getUint16(data, true));
      if (kind === undefined) throw new Error(`Record ${type} of ${bytes} bytes is none of a softirq.`);
      events.push({
        kind,
        cpu,
        vector: page.getUint32(data + 8, true),
        atNs,
        thread: page.getInt32(data + 4, true),
      });
      at += bytes;
    }
  }
  return events;
}
