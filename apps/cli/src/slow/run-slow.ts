import type { SlowLost, SlowOptions, SlowTracer } from "@irqtrace/interrupts";
import type { Environment } from "../environment.ts";
import { escapeControl } from "../escape-control.ts";
import { StopRequest } from "../stop-request.ts";
import { UsageError } from "../usage-error.ts";
import { lostSentence } from "./lost-sentence.ts";
import type { SlowInvocation } from "./slow-invocation.ts";
import { loadSlowRenderer } from "./slow-renderer.ts";

/** Writes slow events as they come, until the time is up, it is told to stop, or nobody reads any more. */
export async function runSlow(invocation: SlowInvocation, environment: Environment): Promise<void> {
  const { stdout, stderr } = environment;
  using stop = new StopRequest(environment);
  const render = await loadSlowRenderer(invocation, {
    get isTTY() {
      return stdout.isTTY;
    },
    get columns() {
      return stdout.columns;
    },
    utcOffsetMinutes: (date) => environment.utcOffsetMinutes(date),
  });
  let lost: SlowLost;
  let written: Promise<void> = Promise.resolve();
  {
    using tracer = await open(invocation, environment);
    announce(invocation, environment, tracer);
    lost = tracer.lost();
    const end = endOf(invocation, stop);
    if (render.header !== "") await stop.whichComesFirst(stdout.write(render.header), end);
    for await (const batch of tracer.batches({ signal: end })) {
      lost = batch.lost;
      const text = batch.events.filter(({ name }) => invocation.matchesName(name)).map(render.event);
      if (text.length > 0) written = stdout.write(text.join(""));
      // Waiting is the back-pressure; a reader that stands still must not keep the programs attached beyond the end.
      await stop.whichComesFirst(written, end);
    }
  }
  const lastLine = render.end({ date: new Date(), overNs: invocation.overNs, lost });
  if (lastLine !== "") written = stdout.write(lastLine);
  await written;
  if (stop.signal.aborted && stderr.isTTY) void stderr.write("\n");
  void stderr.write(lostSentence(lost));
}

function endOf({ durationMs }: SlowInvocation, { signal }: StopRequest): AbortSignal {
  return durationMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(durationMs)]);
}

async function open(invocation: SlowInvocation, environment: Environment): Promise<SlowTracer> {
  const { overNs, classes, stack, cpus, cgroup, flavour, verbose } = invocation;
  const log = (line: string): void => void environment.stderr.write(`${escapeControl(line.trimEnd())}\n`);
  const options: SlowOptions = { overNs, classes, stack, cpus, cgroup, flavour, log: verbose ? log : undefined };
  try {
    return await environment.openSlow(options);
  } catch (error) {
    // All other options were checked before; whether a cgroup is there only the tracer finds out.
    if (error instanceof RangeError && cgroup !== undefined)
      throw new UsageError(`--cgroup: ${escapeControl(error.message)}`);
    throw error;
  }
}

function announce({ verbose, stack }: SlowInvocation, { stderr }: Environment, { description }: SlowTracer): void {
  const { libbpf, flavour, programs, maps, classes, absentClasses, hidesAddresses } = description;
  const say = (line: string): void => void stderr.write(`irqtrace: ${escapeControl(line)}\n`);
  if (verbose) {
    say(`libbpf ${libbpf.version}, ${libbpf.path} (${libbpf.source})`);
    say(`programs (${flavour}): ${programs.join(", ")}`);
    for (const { name, entries, bytes } of maps) say(`map ${name}: ${entries} entries, ${bytes} bytes`);
    say(`classes: ${classes.join(", ")}${absentClasses.length > 0 ? `; not here: ${absentClasses.join(", ")}` : ""}`);
  }
  if (hidesAddresses) {
    const what = stack ? "stacks have no names, and the mode is unknown" : "the mode is unknown";
    say(`the kernel hides its addresses from this process (kernel.kptr_restrict, CAP_SYSLOG): ${what}.`);
  }
  if (stderr.isTTY) void stderr.write("Tracing slow interrupts... Ctrl-C to end.\n");
}
