import { readdirSync } from "node:fs";

/**
 * Counts, through tracefs, the events that happened while a thread of PID 1 was current. Some kernels run no BPF
 * program then, so that a tracer cannot have seen them: the tolerance of comparisons with the kernel's counters.
 *
 * tracefs is mounted in a mount namespace that ends with the child process, and only an instance of our own is used.
 */
export class Pid1Events implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;

  private constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">) {
    this.#child = child;
  }

  /** @param event As tracefs has it: "irq/softirq_exit". @param condition An ftrace filter besides the PID, if any. */
  static async count(event: string, condition?: string): Promise<Pid1Events> {
    const threads = readdirSync("/proc/1/task").map((thread) => `common_pid == ${thread}`);
    const filter = `(${threads.join(" || ")})${condition === undefined ? "" : ` && ${condition}`}`;
    const script = `set -eu
      mount -t tracefs none /sys/kernel/tracing
      cd /sys/kernel/tracing/instances
      instance=irqtrace-test-$$
      # Left by a process of that number that was killed.
      if [ -d "$instance" ]; then rmdir "$instance"; fi
      mkdir "$instance"
      trap 'rmdir "$instance"' EXIT
      # A signal alone ends sh without that.
      trap 'exit 1' TERM
      echo "$2" > "$instance/events/$1/filter"
      echo 1 > "$instance/events/$1/enable"
      echo ready
      read -r _
      echo 0 > "$instance/events/$1/enable"
      cat "$instance"/per_cpu/cpu*/stats | awk '/^(entries|overrun)/ { n += $2 } END { print n }'`;
    const child = Bun.spawn(["unshare", "-m", "sh", "-c", script, "count-pid1", event, filter], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    const counter = new Pid1Events(child);
    await counter.#line();
    return counter;
  }

  /** Stops counting. */
  async total(): Promise<number> {
    this.#child.stdin.write("\n");
    this.#child.stdin.end();
    const total = Number(await this.#line());
    if (!Number.isInteger(total)) throw new Error("Cannot count events over PID 1: tracefs gave no number.");
    return total;
  }

  async #line(): Promise<string> {
    let text = "";
    for await (const chunk of this.#child.stdout.values({ preventCancel: true })) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("\n")) return text.trim();
    }
    throw new Error("Cannot count events over PID 1: the counting process ended early.");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.exited;
  }
}
