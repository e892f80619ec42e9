/** Hard interrupts whose entries and exits are recorded, without their endings. */
const HARD_EVENTS = [
  "irq/irq_handler",
  "irq_vectors/local_timer",
  "irq_vectors/reschedule",
  "irq_vectors/call_function",
  "irq_vectors/call_function_single",
  "irq_vectors/irq_work",
];

/** What the kernel's own trace says of softirqs and of the interrupts in them. */
export interface Nesting {
  readonly softirqNs: number;
  /** How much of the softirqs' time was taken by hard interrupts. */
  readonly nestedNs: number;
  readonly nestedCount: number;
}

interface Event {
  readonly cpu: string;
  readonly atNs: number;
  readonly kind: "softirq" | "hard";
  readonly isEntry: boolean;
}

/**
 * Records through tracefs when softirqs and hard interrupts begin and end: another way to learn what took time from
 * what. tracefs is mounted in a mount namespace that ends with the child process, and only an instance of our own is used.
 */
export class NestingRecorder implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;

  private constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">) {
    this.#child = child;
  }

  static async start(): Promise<NestingRecorder> {
    const events = ["irq/softirq", ...HARD_EVENTS].flatMap((event) => [`${event}_entry`, `${event}_exit`]);
    const script = `set -eu
      mount -t tracefs none /sys/kernel/tracing
      cd /sys/kernel/tracing/instances
      instance=irqtrace-test-$$
      mkdir "$instance"
      trap 'rmdir "$instance"' EXIT
      # A signal alone ends sh without that.
      trap 'exit 1' TERM
      echo 32768 > "$instance/buffer_size_kb"
      echo mono > "$instance/trace_clock"
      for event in "$@"; do echo 1 > "$instance/events/$event/enable"; done
      echo ready
      read -r _
      echo 0 > "$instance/tracing_on"
      echo "overrun $(cat "$instance"/per_cpu/cpu*/stats | awk '/^overrun/ { n += $2 } END { print n }')"
      cat "$instance/trace"`;
    const child = Bun.spawn(["unshare", "-m", "sh", "-c", script, "record-nesting", ...events], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    const recorder = new NestingRecorder(child);
    for await (const chunk of child.stdout.values({ preventCancel: true }))
      if (new TextDecoder().decode(chunk).includes("ready")) return recorder;
    throw new Error("Cannot record interrupts: the recording process ended early.");
  }

  /** Ends the recording; what it says of the time between two instants of the monotonic clock. */
  async between(startNs: number, endNs: number): Promise<Nesting> {
    this.#child.stdin.write("\n");
    this.#child.stdin.end();
    const pieces: string[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout.values({ preventCancel: true }))
      pieces.push(decoder.decode(chunk, { stream: true }));
    const text = pieces.join("");
    if (!text.includes("overrun 0\n")) throw new Error("Cannot judge the recording: its buffer was too small.");
    return nestingOf(eventsIn(text).filter(({ atNs }) => atNs >= startNs && atNs <= endNs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.exited;
  }
}

/** Lines are `comm-pid [001] flags 12.345678: softirq_entry: ...`. */
function eventsIn(text: string): Event[] {
  const events: Event[] = [];
  for (const [, cpu = "", seconds = "", fraction = "", name = "", ending] of text.matchAll(
    /\[(\d+)\] \S+ +(\d+)\.(\d+): (\w+)_(entry|exit): /g,
  )) {
    const atNs = Number(seconds) * 1e9 + Number(fraction.padEnd(9, "0"));
    events.push({ cpu, atNs, kind: name === "softirq" ? "softirq" : "hard", isEntry: ending === "entry" });
  }
  return events;
}

function nestingOf(events: readonly Event[]): Nesting {
  let [softirqNs, nestedNs, nestedCount] = [0, 0, 0];
  for (const ofCpu of Map.groupBy(events, ({ cpu }) => cpu).values()) {
    const open: { softirq: number | null; hard: number | null; inside: [number, number] } = {
      softirq: null,
      hard: null,
      inside: [0, 0],
    };
    for (const { atNs, kind, isEntry } of ofCpu) {
      if (isEntry) {
        open[kind] = atNs;
        if (kind === "softirq") open.inside = [0, 0];
        continue;
      }
      const startNs = open[kind];
      open[kind] = null;
      if (startNs === null) continue;
      if (kind === "softirq") {
        softirqNs += atNs - startNs;
        nestedNs += open.inside[0];
        nestedCount += open.inside[1];
      } else if (open.softirq !== null) open.inside = [open.inside[0] + atNs - startNs, open.inside[1] + 1];
    }
  }
  return { softirqNs, nestedNs, nestedCount };
}
