import type { DecodeSpeed } from "./decode-speed.ts";
import type { RingDrain } from "./ring-drain.ts";
import type { RunTimeCost } from "./run-time-cost.ts";
import { BARE, EXECUTABLE, OWN_CODE, type StartUp } from "./start-up.ts";
import { ratios, type Spread, spreadOf } from "./statistics.ts";
import type { Kind } from "./subjects.ts";
import type { UserSpaceCost } from "./user-space.ts";
import type { WholeCost } from "./whole-cost.ts";

/** A promise about a figure, and what was measured; `null` where it could not be. */
export interface Bar {
  readonly what: string;
  /** The figure may be no more than this, or no less where `isLeast`. */
  readonly limit: number;
  readonly isLeast?: boolean;
  readonly measured: Spread | null;
}

/** Whether the median keeps the promise, with so much room (0.15: 15 % worse is still well). */
export function isMet({ limit, isLeast = false, measured }: Bar, room = 0): boolean {
  if (measured === null) return false;
  return isLeast ? measured.median >= limit * (1 - room) : measured.median <= limit * (1 + room);
}

const NEWEST: string = "libbpf-tools, newest";
/** Of one subject by another's, at most. */
const RUN_TIME_BARS: readonly (readonly [Kind, string, string, number])[] = [
  ["hardirqs", "irqtrace", NEWEST, 0.4],
  ["hardirqs", "irqtrace", "floor", 1.45],
  ["hardirqs", "irqtrace --count", NEWEST, 0.25],
  ["softirqs", "irqtrace", NEWEST, 0.7],
  ["softirqs", "irqtrace", "floor", 1.2],
];
const WHOLE_BARS: readonly (readonly [Kind, string, string, number])[] = [
  ["hardirqs", "irqtrace", NEWEST, 0.5],
  ["softirqs", "irqtrace", NEWEST, 0.9],
];

/** What the kernel's own statistics say, net of empty programs. */
export function runTimeBars(costs: readonly RunTimeCost[]): Bar[] {
  const rounds = costs.map(({ subject, netOfRounds }) => ({ ...subject, values: netOfRounds }));
  return RUN_TIME_BARS.map(([kind, one, other, limit]) => ratioBar("run time", rounds, { kind, one, other, limit }));
}

/** What clock readings around the programs say. */
export function wholeBars(costs: readonly WholeCost[]): Bar[] {
  const rounds = costs.map(({ subject, addedOfRounds }) => ({ ...subject, values: addedOfRounds }));
  return WHOLE_BARS.map(([kind, one, other, limit]) => ratioBar("whole cost", rounds, { kind, one, other, limit }));
}

interface Rounds {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly number[];
}

interface Ratio {
  readonly kind: Kind;
  readonly one: string;
  readonly other: string;
  readonly limit: number;
}

function ratioBar(figure: string, rounds: readonly Rounds[], { kind, one, other, limit }: Ratio): Bar {
  const valuesOf = (name: string): readonly number[] =>
    rounds.find((measured) => measured.name === name && measured.kind === kind)?.values ?? [];
  const [subject, yardstick] = [valuesOf(one), valuesOf(other)];
  const measured = ratiosIfMeasured(subject, yardstick);
  return { what: `${kind}, ${figure}: ${one} by ${other}`, limit, measured };
}

/** `null` where one of them was not measured. */
const ratiosIfMeasured = (values: readonly number[], yardsticks: readonly number[]): Spread | null =>
  values.length === 0 || yardsticks.length === 0 ? null : ratios(values, yardsticks);

/** How soon it is there. */
export function startUpBars(startUps: readonly StartUp[]): Bar[] {
  const msOf = (name: string): readonly number[] => startUps.find((one) => one.name === name)?.msOfRounds ?? [];
  const [bare, own] = [msOf(BARE), msOf(OWN_CODE)];
  const peer = "libbpf-tools, this system's";
  const byPeer = (what: string, name: string): Bar => ({
    what: `start to attached: ${what} by ${peer}`,
    limit: 1.1,
    measured: ratiosIfMeasured(msOf(name), msOf(`${peer}, to attached`)),
  });
  return [
    byPeer("irqtrace", "irqtrace, to attached"),
    byPeer("irqtrace's executable", EXECUTABLE),
    {
      what: "ms of reading all own code, over a bare Bun script",
      limit: 25,
      measured: own.length === 0 ? null : spreadOf(own.map((ms, round) => ms - (bare[round] ?? Number.NaN))),
    },
  ];
}

const CPU_LIMITS: ReadonlyMap<number, number> = new Map([
  [1_000, 0.5],
  [10, 10],
]);
const MEMORY_LIMIT = 2;

/** What irqtrace's own process takes. */
export function userSpaceBars(costs: readonly UserSpaceCost[]): Bar[] {
  return costs.flatMap(({ kind, everyMs, cpuPercent, memoryRatio }) => {
    const cpuLimit = CPU_LIMITS.get(everyMs);
    const where = `${kind} every ${everyMs} ms`;
    return [
      ...(cpuLimit === undefined ? [] : [{ what: `% of a CPU, ${where}`, limit: cpuLimit, measured: cpuPercent }]),
      { what: `peak memory by a bare Bun script's, ${where}`, limit: MEMORY_LIMIT, measured: memoryRatio },
    ];
  });
}

/** How fast readings are decoded and rings drained. */
export function dataPathBars(speeds: readonly DecodeSpeed[], ring: RingDrain | null): Bar[] {
  const large = speeds.find(({ cpus }) => cpus === 256);
  const rate = ring === null || ring.lost > 0 ? null : spreadOf([ring.recordsPerSecond]);
  return [
    { what: "ms to decode and subtract 256 CPUs of 1,000 sources", limit: 50, measured: large?.ms ?? null },
    { what: "records/s drained from a ring, none lost", limit: 1_000_000, isLeast: true, measured: rate },
  ];
}
