/**
 * Measures what irqtrace costs beside its peers, in ratios within one run.
 *
 *   bun run bench [--quick] [--json FILE] [--only run-time,whole,throughput,start-up,user-space,decode,ring]
 */
import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { libbpf } from "@irqtrace/loader";
import { type Bar, dataPathBars, runTimeBars, startUpBars, userSpaceBars, wholeBars } from "./bars.ts";
import { measureDecode } from "./decode-speed.ts";
import { type InstalledCopy, installCopy } from "./installed-copy.ts";
import { measureRing } from "./ring-drain.ts";
import { measureRunTime } from "./run-time-cost.ts";
import { measureStartUp, timedCommands } from "./start-up.ts";
import { type Subject, subjectsOf } from "./subjects.ts";
import { barTable, spreadCells, table } from "./tables.ts";
import { measureThroughput } from "./throughput.ts";
import { measureUserSpace } from "./user-space.ts";
import { measureWhole } from "./whole-cost.ts";

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
}

const THOROUGH: Effort = { rounds: 9, windowMs: 1_000 };
const QUICK: Effort = { rounds: 3, windowMs: 500 };
const SPREAD = ["median", "min", "max"];
const DECODED_CPUS = [2, 64, 256, 1_024];
const RING_RATE = 2_000_000;

const RUNNERS: Readonly<Record<Section, (task: Task) => Promise<SectionResult>>> = {
  "run-time": async ({ subjects, rounds, windowMs }) => {
    const costs = await measureRunTime(subjects, rounds, windowMs);
    const rows = costs.map(({ subject, wholeNs, netNs }) => [
      `${subject.kind}  ${subject.name}`,
      ...spreadCells(wholeNs, 0),
      ...spreadCells(netNs, 0),
    ]);
    const text = table(["ns per event by the kernel's statistics", ...SPREAD, "net of empty", "min", "max"], rows);
    return { title: "Run time of the programs", text, bars: runTimeBars(costs), raw: costs };
  },
  whole: async ({ subjects, rounds, windowMs }) => {
    const costs = await measureWhole(subjects, rounds, windowMs);
    const rows = costs.map(({ subject, addedNs }) => [`${subject.kind}  ${subject.name}`, ...spreadCells(addedNs, 0)]);
    const text = table(["ns added to the median event", ...SPREAD], rows);
    return { title: "Whole cost, dispatch included", text, bars: wholeBars(costs), raw: costs };
  },
  throughput: async ({ subjects, rounds }) => {
    const slowdowns = await measureThroughput(subjects, rounds);
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
    const startUps = await measureStartUp(
      timedCommands(installed.irqtrace, Object.fromEntries(peers.map(({ name, command }) => [name, command]))),
      rounds,
    );
    const rows = startUps.map(({ name, ms }) => [name, ...spreadCells(ms, 1)]);
    return { title: "Start", text: table(["ms", ...SPREAD], rows), bars: startUpBars(startUps), raw: startUps };
  },
  "user-space": async ({ installed, rounds }) => {
    const costs = await measureUserSpace(installed.irqtrace, Math.min(rounds, 3));
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
    const text = table(["ms to decode and subtract", ...SPREAD, "ns/cell"], rows);
    return { title: "Decoding", text, bars: dataPathBars(speeds, null).slice(0, 1), raw: speeds };
  },
  ring: async () => {
    const ring = await measureRing(RING_RATE);
    const text = `${ring.records} records of 64 bytes, ${Math.round(ring.recordsPerSecond)}/s, ${ring.lost} lost\n`;
    return { title: "Ring buffer", text, bars: dataPathBars([], ring).slice(1), raw: ring };
  },
};

function machine(): Record<string, string> {
  const [cpu] = cpus();
  const mhz = /^cpu MHz\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown";
  return {
    cpu: `${cpus().length} x ${cpu?.model ?? "unknown"}, ${mhz} MHz`,
    kernel: release(),
    bun: Bun.version,
    libbpf: libbpf().version,
  };
}

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
  console.log(`\nBars\n${barTable(bars)}`.trimEnd());
  if (values.json !== undefined)
    await Bun.write(values.json, JSON.stringify({ machine: about, bars, ...raw }, null, 2));
  return 0;
}

process.exit(await main());
