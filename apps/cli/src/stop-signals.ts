import { readFileSync } from "node:fs";
import { STOP_SIGNALS, type StopSignal } from "./environment.ts";
import { EXIT_CODE } from "./exit-code.ts";

/** More than an exit takes. */
const EXIT_MS = 500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Tells the listener of each signal that asks for an end, until the function that it returns is called. A signal that
 * comes while the process is about to exit (bunx repeats each) must not turn its 0 into a death by signal: the handlers
 * stay, and after a moment they do what the default would.
 */
export function onStopSignal(listener: (signal: StopSignal) => void): () => void {
  // Bun does not wait while its event loop holds nothing, and a signal's listener does not count: it would ask over and
  // over, on a whole CPU.
  const hold = setInterval(() => undefined, LONGEST_TIMER_MS);
  let endedAtMs: number | undefined;
  for (const signal of heardSignals()) {
    process.on(signal, () => {
      if (endedAtMs === undefined) listener(signal);
      else if (performance.now() - endedAtMs > EXIT_MS) process.exit(EXIT_CODE.interrupted);
    });
  }
  return () => {
    clearInterval(hold);
    endedAtMs = performance.now();
  };
}

/**
 * A hang-up that whoever started this wants ignored stays so: that is nohup. Ctrl-C's signal is heard even then, because
 * shells ignore it for what a script starts with `&`, and `kill -INT` is how such a trace is ended.
 */
const heardSignals = (): readonly StopSignal[] =>
  ignoresHangUp() ? STOP_SIGNALS.filter((signal) => signal !== "SIGHUP") : STOP_SIGNALS;

/** By SigIgn of proc(5): a bit for each signal, from 1. */
function ignoresHangUp(): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return /[13579bdf]$/.test(mask);
}
