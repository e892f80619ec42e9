/**
 * Traces both kinds at intervals of 100 ms for minutes, under load and in one process, and checks that nothing grows,
 * nothing is lost and nothing is late. Needs root. Ends with 0 if all is well, else with 1.
 *
 *   bun run soak [--minutes N]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ProcessSample, sampleProcess } from "./process-sample.ts";
import { type SoakedTracer, soakedTracers } from "./soaked-tracer.ts";
import { judge } from "./verdict.ts";

const EVERY_MS = 100;
const SAMPLE_MS = 1_000;
const MINUTE_MS = 60_000;
const LINES = 15;
const MIN_MINUTES = 0.5;

async function soak(minutes: number): Promise<boolean> {
  const load = Bun.spawn([process.execPath, join(import.meta.dir, "load.ts"), String(minutes * 60 + 60)], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const abort = new AbortController();
  const endTimer = setTimeout(() => abort.abort(), minutes * MINUTE_MS);
  try {
    using owned = new DisposableStack();
    const tracers = soakedTracers(EVERY_MS);
    for (const tracer of tracers) owned.use(tracer);
    const samples: ProcessSample[] = [];
    const work = [...tracers.map((tracer) => tracer.run(abort.signal)), watch(samples, tracers, minutes, abort.signal)];
    // One that fails ends the others.
    await Promise.all(work.map((each) => each.finally(() => abort.abort())));
    const isLoaded = load.exitCode === null;
    owned.dispose();
    const checks = judge({ samples, after: sampleProcess(), tracers, isLoaded });
    for (const { isOk, what, finding } of checks) console.log(`${isOk ? "ok    " : "FAILED"} ${what}: ${finding}`);
    return checks.every(({ isOk }) => isOk);
  } finally {
    clearTimeout(endTimer);
    load.kill();
    await load.exited;
  }
}

/** Takes samples, and shows some. */
async function watch(
  samples: ProcessSample[],
  tracers: readonly SoakedTracer[],
  minutes: number,
  signal: AbortSignal,
): Promise<void> {
  console.log("minute   rss_mb  anon_mb  fds  maps  mapped  programs  links  intervals    events  worst_late_ms");
  const startNs = Bun.nanoseconds();
  for (let shown = 0; !signal.aborted; await Bun.sleep(SAMPLE_MS)) {
    const sample = sampleProcess();
    samples.push(sample);
    const passed = (sample.atNs - startNs) / 1e6 / MINUTE_MS;
    if (passed < (shown * minutes) / LINES) continue;
    shown++;
    console.log(progressLine(passed, sample, tracers));
  }
}

function progressLine(passed: number, sample: ProcessSample, tracers: readonly SoakedTracer[]): string {
  const sum = (of: (tracer: SoakedTracer) => number): number => tracers.reduce((total, each) => total + of(each), 0);
  const worstMs = Math.max(...tracers.map(({ lateness }) => lateness.worstNs)) / 1e6;
  return [
    passed.toFixed(1).padStart(6),
    (sample.rssBytes / 1e6).toFixed(1).padStart(8),
    (sample.anonymousBytes / 1e6).toFixed(1).padStart(8),
    `${sample.descriptors}`.padStart(4),
    `${sample.maps}`.padStart(5),
    `${sample.mappedMaps}`.padStart(7),
    `${sample.programs}`.padStart(9),
    `${sample.links}`.padStart(6),
    `${sum(({ lateness }) => lateness.intervals)}`.padStart(10),
    `${sum(({ accounts }) => accounts.events)}`.padStart(9),
    worstMs.toFixed(1).padStart(14),
  ].join(" ");
}

const { values } = parseArgs({ options: { minutes: { type: "string", default: "2" } } });
const minutes = Number(values.minutes);
if (!(minutes >= MIN_MINUTES && minutes < Number.POSITIVE_INFINITY)) {
  throw new RangeError(`Cannot soak for ${values.minutes} minutes. Allowed: ${MIN_MINUTES} or more.`);
}
process.exitCode = (await soak(minutes)) ? 0 : 1;
