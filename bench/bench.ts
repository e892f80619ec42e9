/**
 * Measures what irqtrace costs beside its peers, in ratios within one run.
 *
 *   bun run bench [--quick] [--json FILE] [--only run-time,whole,throughput,start-up,user-space,decode,ring]
 */
import { parseArgs } from "node:util";
import { type Bar, dataPathBars, runTimeBars, startUpBars, userSpaceBars, wholeBars } from "./bars.ts";
import { decodeGrowth } from "./decode-growth.ts";
import { measureDecode } from "./decode-speed.ts";
import { type InstalledCopy, installCopy } from "./installed-copy.ts";
import { machine } from "./machine.ts";
import { buildOwnExecutable } from "./own-executable.ts";
import { measureRing } from "./ring-drain.ts";
import { measureRunTime, type RunTimeCost } from "./run-time-cost.ts";
import { measureStartUp, timedCommands } from "./start-up.ts";
import { type Subject, subjectGroups, subjectsOf } from "./subjects.ts";
import { barTable, spreadCells, table } from "./tables.ts";
import { measureThroughput, type Work } from "./throughput.ts";
import { type Length, measureUserSpace } from "./user-space.ts";
import { measureWhole, type WholeCost } from "./whole-cost.ts";

const SECTIONS = ["run-time", "whole", "throughput", "start-up", "user-space", "decode", "ring"] as const;
type Section = (typeof SECTIONS)[number];

/** What a section gives: for the reader, for the bars, and raw. */
interface SectionResult {
  readonly title: string;
  readonly text: string;
  readonly bars: readonly Bar[];
  readonly raw: unknown;
}

/** What to measure, and how long. */
interface Task extends Effort {
  readonly installed: InstalledCopy;
  readonly subjects: readonly Subject[];
}

interface Effort {
  readonly rounds: number;
  readonly windowMs: number;
  readonly work: Work;
  readonly userSpace: Length;
}

const THOROUGH: Effort = {
  rounds: 9,
  windowMs: 1_000,
  work: { packets: 200_000, reads: 16_384 },
  userSpace: { intervals: 20, seconds: 10 },
};
const QUICK: Effort = {
  rounds: 3,
  windowMs: 500,
  work: { packets: 60_000, reads: 8_192 },
  userSpace: { intervals: 10, seconds: 5 },
};
const SPREAD = ["median", "min", "max"];
const DECODED_CPUS = [2, 64, 256, 512, 1_024];
const RING_RATE = 2_000_000;

const NOTES = `--dist runs the programs of the default, --matrix those of --per-cpu.
* of any pair of its programs: they run for other interrupts, too
`;

type Group = Parameters<typeof subjectGroups>[1];

/** Measures what is compared in one go. */
async function byGroup<Cost>(
  subjects: readonly Subject[],
  group: Group,
  measure: (subjects: readonly Subject[]) => Promise<Cost[]>,
): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const some of subjectGroups(subjects, group)) costs.push(...(await measure(some)));
  return costs;
}

const RUNNERS: Readonly<Record<Section, (task: Task) => Promise<SectionResult>>> = {
  "run-time": async ({ subjects, rounds, windowMs }) => {
    const measure = (group: Group): Promise<RunTimeCost[]> =>
      byGroup(subjects, group, (some) => measureRunTime(some, rounds, windowMs));
    const header = [...SPREAD, "net of empty", "min", "max"];
    const text = (costs: readonly RunTimeCost[], what: string): string =>
      table(
        [what, ...header],
        costs.map(({ subject, wholeNs, netNs }) => [
          `${subject.kind}  ${subject.name}${subject.isMixed ? " *" : ""}`,
          ...spreadCells(wholeNs, 0),
          ...spreadCells(netNs, 0),
        ]),
      );
    const [modes, capabilities] = [await measure("modes"), await measure("capabilities")];
    return {
      title: "Run time of the programs",
      text: `${text(modes, "ns per event by the kernel's statistics")}\n${text(capabilities, "capabilities of irqtrace")}${NOTES}`,
      bars: runTimeBars(modes),
      raw: { modes, capabilities },
    };
  },
  whole: async ({ subjects, rounds, windowMs }) => {
    const measure = (group: Group): Promise<WholeCost[]> =>
      byGroup(subjects, group, (some) => measureWhole(some, rounds, windowMs));
    const text = (costs: readonly WholeCost[], what: string): string =>
      table(
        [what, ...SPREAD],
        costs.map(({ subject, addedNs }) => [`${subject.kind}  ${subject.name}`, ...spreadCells(addedNs, 0)]),
      );
    const [modes, capabilities] = [await measure("modes"), await measure("capabilities")];
    return {
      title: "Whole cost, dispatch included",
      text: `${text(modes, "ns added to the median event")}\n${text(capabilities, "capabilities of irqtrace")}`,
      bars: wholeBars(modes),
      raw: { modes, capabilities },
    };
  },
  throughput: async ({ subjects, rounds, work }) => {
    const slowdowns = await measureThroughput(subjects, rounds, work);
    const rows = slowdowns.map(({ subject, percent, plusMinus, untracedPerSecond }) => [
      `${subject.kind}  ${subject.name}`,
      percent.toFixed(1),
      plusMinus.toFixed(1),
      untracedPerSecond.toFixed(0),
    ]);
    const text = table(["% slower than untraced", "mean", "+/- (95 %)", "untraced/s"], rows);
    return { title: "What the load loses (packets, reads)", text, bars: [], raw: slowdowns };
  },
  "start-up": async ({ installed, subjects, rounds }) => {
    const peers = subjects.filter(({ name, kind }) => kind === "hardirqs" && name.startsWith("libbpf-tools"));
    const peerCommands = Object.fromEntries(peers.map(({ name, command }) => [name, command]));
    using executable = await buildOwnExecutable();
    const startUps = await measureStartUp(timedCommands(installed, executable.path, peerCommands), rounds);
    const rows = startUps.map(({ name, ms }) => [name, ...spreadCells(ms, 1)]);
    return { title: "Start", text: table(["ms", ...SPREAD], rows), bars: startUpBars(startUps), raw: startUps };
  },
  "user-space": async ({ installed, rounds, userSpace }) => {
    const costs = await measureUserSpace(installed.irqtrace, Math.min(rounds, 3), userSpace);
    const rows = costs.map(({ kind, everyMs, cpuPercent, memoryRatio }) => [
      `${kind} every ${everyMs} ms`,
      ...spreadCells(cpuPercent, 2),
      ...spreadCells(memoryRatio, 2),
    ]);
    const text = table(["% of a CPU, peak memory by bare Bun's", ...SPREAD, "memory", "min", "max"], rows);
    return { title: "User space", text, bars: userSpaceBars(costs), raw: costs };
  },
  decode: async ({ rounds }) => {
    const speeds = measureDecode(DECODED_CPUS, 2 * rounds);
    const rows = speeds.map(({ cpus: count, sources, ms, nsPerCell }) => [
      `${count} CPUs of ${sources} sources`,
      ...spreadCells(ms, 1),
      nsPerCell.toFixed(1),
    ]);
    const growth = decodeGrowth(speeds);
    const line = [growth.slope, growth.intercept, growth.rSquared, growth.firstNsPerCell, growth.lastNsPerCell];
    const text = `${table(["ms to decode and subtract", ...SPREAD, "ns/cell"], rows)}\n${table(
      [
        "a line through the medians",
        "ns/cell",
        "ms without cells",
        "R^2",
        "ns/cell from the first two",
        "from the last two",
      ],
      [["", ...line.map((value, column) => value.toFixed(column === 2 ? 4 : 1))]],
    )}`;
    const bars = dataPathBars(speeds, null).slice(0, 1);
    return { title: "Decoding", text, bars, raw: { speeds, growth } };
  },
  ring: async () => {
    const ring = await measureRing(RING_RATE);
    const text = `${ring.records} records of 64 bytes, ${Math.round(ring.recordsPerSecond)}/s, ${ring.lost} lost\n`;
    return { title: "Ring buffer", text, bars: dataPathBars([], ring).slice(1), raw: ring };
  },
};

function chosenSections(list: string | undefined): readonly Section[] {
  if (list === undefined) return SECTIONS;
  const names = list.split(",");
  const chosen = SECTIONS.filter((section) => names.includes(section));
  if (chosen.length === names.length) return chosen;
  throw new Error(`--only: "${list}" is given. Allowed: a list of ${SECTIONS.join(", ")}.`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, json: { type: "string" }, only: { type: "string" } },
  });
  const sections = chosenSections(values.only);
  using installed = installCopy();
  const missing = new Map<string, string>();
  const note = (name: string, reason: string): void => void missing.set(name, reason);
  const subjects = [
    ...subjectsOf("hardirqs", installed.irqtrace, note),
    ...subjectsOf("softirqs", installed.irqtrace, note),
  ];
  const about = machine();
  for (const [name, value] of Object.entries(about)) console.log(`${name}: ${value}`);
  for (const [name, reason] of missing) console.log(`left out: ${name}, because ${reason}`);
  const effort = values.quick ? QUICK : THOROUGH;
  const bars: Bar[] = [];
  const raw: Record<string, unknown> = {};
  for (const section of sections) {
    const result = await RUNNERS[section]({ installed, subjects, ...effort });
    console.log(`\n${result.title}\n${result.text}`.trimEnd());
    bars.push(...result.bars);
    raw[section] = result.raw;
  }
  if (bars.length > 0) console.log(`\nBars\n${barTable(bars)}`.trimEnd());
  if (values.json !== undefined)
    await Bun.write(
      values.json,
      JSON.stringify({ machine: about, leftOut: Object.fromEntries(missing), effort, bars, ...raw }, null, 2),
    );
  return 0;
}

process.exit(await main());
