import { growthOf } from "./flatness.ts";
import { COUNTS, type ProcessSample } from "./process-sample.ts";
import type { SoakedTracer } from "./soaked-tracer.ts";

/** One thing that a soak checks. */
export interface SoakCheck {
  readonly isOk: boolean;
  readonly what: string;
  readonly finding: string;
}

/** What a soak has seen. */
export interface SoakRecord {
  readonly samples: readonly ProcessSample[];
  /** Of the time after the tracers were disposed of. */
  readonly after: ProcessSample;
  readonly tracers: readonly Pick<SoakedTracer, "name" | "lateness" | "accounts" | "lost">[];
  /** Whether the load was still running at the end. */
  readonly isLoaded: boolean;
}

/** Code is compiled and heaps find their size at first. */
const WARM_UP_SHARE = 0.25;
const MAX_WARM_UP_NS = 300e9;
/**
 * What memory may gain over the measured time by the fit, however long that is: heaps that do not leak were seen to move by
 * a third of it, because a short run sees but a few collections. So a longer run finds a slower leak: in 2 minutes one of
 * 480 MB an hour, in 31 one of 28 MB an hour, which is 400 bytes an interval.
 */
const MAX_GAIN_BYTES = 12e6;
const MAX_LATE_SHARE = 0.001;
const MAX_LATE_NS = 2e9;
const MAX_FAULTS = 10;

export function judge({ samples, after, tracers, isLoaded }: SoakRecord): SoakCheck[] {
  const measured = withoutWarmUp(samples);
  return [
    flatMemory("RSS", measured, ({ rssBytes }) => rssBytes),
    flatMemory("anonymous RSS", measured, ({ anonymousBytes }) => anonymousBytes),
    ...COUNTS.map((what) => steadyCount(what, measured)),
    nothingLeft(after),
    ...tracers.map(punctual),
    ...tracers.map(agreeing),
    { isOk: isLoaded, what: "load", finding: isLoaded ? "ran to the end" : "ended early" },
  ];
}

function withoutWarmUp(samples: readonly ProcessSample[]): readonly ProcessSample[] {
  const startNs = samples[0]?.atNs ?? 0;
  const lengthNs = (samples.at(-1)?.atNs ?? 0) - startNs;
  const warmUpNs = Math.min(lengthNs * WARM_UP_SHARE, MAX_WARM_UP_NS);
  return samples.filter(({ atNs }) => atNs >= startNs + warmUpNs);
}

function flatMemory(
  what: string,
  samples: readonly ProcessSample[],
  bytesOf: (sample: ProcessSample) => number,
): SoakCheck {
  const bytes = samples.map(bytesOf);
  const { gainedBytes, bytesPerHour } = growthOf(
    samples.map(({ atNs }) => atNs),
    bytes,
  );
  const [first, last] = [bytes[0] ?? 0, bytes.at(-1) ?? 0].map((size) => (size / 1e6).toFixed(1));
  return {
    isOk: gainedBytes <= MAX_GAIN_BYTES,
    what,
    finding: `${first} MB to ${last} MB after the warm-up; fitted gain ${(gainedBytes / 1e6).toFixed(2)} MB of ${MAX_GAIN_BYTES / 1e6} allowed, ${(bytesPerHour / 1e6).toFixed(2)} MB/h`,
  };
}

function steadyCount(what: (typeof COUNTS)[number], samples: readonly ProcessSample[]): SoakCheck {
  const counts = samples.map((sample) => sample[what]);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return {
    isOk: least === most && most > 0,
    what,
    finding: least === most ? `${most} throughout` : `${least} to ${most}`,
  };
}

function nothingLeft({ maps, programs, links, mappedMaps }: ProcessSample): SoakCheck {
  const left = { maps, programs, links, mappedMaps };
  const finding = Object.entries(left).map(([what, count]) => `${count} ${what}`);
  return {
    isOk: Object.values(left).every((count) => count === 0),
    what: "left after disposal",
    finding: finding.join(", "),
  };
}

/**
 * An interval has to end less than its own length late, so that no end is missed. Less would be too strict: before it
 * come the other tracer's reading, which waits up to 50 ms for a program that was stopped while it wrote, and a collection
 * of garbage. Time that the thread waited for a CPU does not count. A hypervisor stops CPUs too, and does not tell: that is
 * what the one end in a thousand is for, and none of them may be as late as a program that hangs.
 */
function punctual({ name, lateness }: SoakRecord["tracers"][number]): SoakCheck {
  const { intervals, missed, worstNs, worstOwnNs, lateEnds } = lateness;
  const allowed = Math.ceil(intervals * MAX_LATE_SHARE);
  const [worstMs, worstOwnMs] = [worstNs, worstOwnNs].map((ns) => (ns / 1e6).toFixed(1));
  return {
    isOk: intervals > 0 && lateEnds <= allowed && worstOwnNs < MAX_LATE_NS,
    what: `${name} intervals`,
    finding: `${intervals}, of which ${lateEnds} ended an interval late or more (${allowed} allowed); at worst ${worstOwnMs} ms (below ${MAX_LATE_NS / 1e6} allowed), or ${worstMs} ms with the time spent waiting for a CPU; ${missed} missed`,
  };
}

function agreeing({ name, accounts, lost }: SoakRecord["tracers"][number]): SoakCheck {
  const { events, numbers, faults } = accounts;
  return {
    isOk: faults.length === 0 && events > 0,
    what: `${name} sums`,
    finding:
      faults.length > 0
        ? faults.slice(0, MAX_FAULTS).join("; ")
        : `${events} events: ${numbers} sums of intervals are the cumulative numbers; lost ${JSON.stringify(lost)}`,
  };
}
