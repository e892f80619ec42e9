/**
 * Measures what an event costs by how its cells are laid out, for docs/adr/0020.
 *
 *   bun bench/layouts.ts [ROUNDS]
 */
import { measureRunTime, type RunTimeCost } from "./run-time-cost.ts";
import { ratios } from "./statistics.ts";
import { type Kind, type Subject, yardstick } from "./subjects.ts";
import { spreadCells, table } from "./tables.ts";
import { measureWhole } from "./whole-cost.ts";

const OURS = "per-CPU array";
const LAYOUTS: readonly (readonly [name: string, ...macros: string[]])[] = [
  [OURS],
  [`${OURS}, padded`, "PADDED"],
  ["mapped array by CPU", "MAPPED"],
  ["mapped array by CPU, aligned", "MAPPED", "PADDED"],
  ["global array by CPU", "GLOBAL"],
  ["global array by CPU, aligned", "GLOBAL", "PADDED"],
  ["shared cells, atomics", "SHARED"],
  ["per-CPU hash by identity", "HASH"],
];
const WINDOW_MS = 500;
const DEFAULT_ROUNDS = 7;

function subjectsFor(kind: Kind): Subject[] {
  const own = LAYOUTS.map(([name, ...macros]) => ({ name, command: yardstick("layouts", kind, ...macros) }));
  const all = ["empty", "floor"].map((name) => ({ name, command: yardstick(name, kind) })).concat(own);
  return all.map((one) => ({ ...one, kind, isMixed: false, isOptional: false }));
}

function show(costs: readonly RunTimeCost[], added: readonly (readonly number[])[]): string {
  const [netOfOurs, addedOfOurs] = [
    costs.find(({ subject }) => subject.name === OURS)?.netOfRounds ?? [],
    added[costs.findIndex(({ subject }) => subject.name === OURS)] ?? [],
  ];
  const rows = costs.map(({ subject, netNs, netOfRounds }, index) => [
    `${subject.kind}  ${subject.name}`,
    ...spreadCells(netNs, 0),
    ...spreadCells(ratios(netOfRounds, netOfOurs), 2),
    ...spreadCells(ratios(added[index] ?? [], addedOfOurs), 2),
  ]);
  const spread = ["min", "max"];
  return table(
    ["net ns by the kernel's statistics", "median", ...spread, "by ours", ...spread, "whole", ...spread],
    rows,
  );
}

const rounds = Number(process.argv[2] ?? DEFAULT_ROUNDS);
for (const kind of ["hardirqs", "softirqs"] as const) {
  const subjects = subjectsFor(kind);
  const costs = await measureRunTime(subjects, rounds, WINDOW_MS);
  const whole = await measureWhole(subjects, rounds, WINDOW_MS);
  console.log(
    show(
      costs,
      whole.map(({ addedOfRounds }) => addedOfRounds),
    ),
  );
}
process.exit(0);
