import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import packageJson from "../package.json" with { type: "json" };
import { main } from "./main.ts";
import { manualPage } from "./manual/manual-page.ts";
import { SHELLS } from "./shells.ts";
import { COVERAGE_CASES } from "./testing/coverage-cases.ts";
import { MACHINES } from "./testing/doctor-machines.ts";
import { FakeEnvironment, type FakeSettings } from "./testing/fake-environment.ts";
import { expectGolden } from "./testing/golden.ts";
import {
  allEvents,
  counted,
  exclusive,
  hardirqEvents,
  scriptOf,
  softirqEvents,
  timed,
  timedRow,
  waited,
} from "./testing/scripts.ts";
import { SLOW_CASES } from "./testing/slow-cases.ts";
import { VICTIM_CASES } from "./testing/victim-cases.ts";

interface GoldenCase {
  readonly file: string;
  readonly words: string;
  readonly settings?: Partial<FakeSettings>;
  readonly code?: number;
}

const MANUAL_PAGE = "irqtrace.1";
const LOST = { unmatched: 3, tableFull: 12, recursionMisses: 1 };
const hardirqs = scriptOf(timed(hardirqEvents()));
const perCpu = scriptOf([...timed(hardirqEvents(0)), ...timed(hardirqEvents(3))]);
const countedPerCpu = scriptOf([...counted(hardirqEvents(0)), ...counted(hardirqEvents(3))]);
const manyCpus: Partial<FakeSettings> = {
  script: scriptOf([0, 1, 17, 64, 65, 127].flatMap((cpu) => timed(hardirqEvents(cpu)))),
  cpus: Array.from({ length: 128 }, (_, cpu) => cpu),
};
const countedHardirqs = scriptOf(counted(hardirqEvents()), { tableFull: 0, recursionMisses: 0 });
const softirqs = scriptOf(timed(softirqEvents()));
const waits = scriptOf(waited("thread"));
const waitsByStack = scriptOf(waited("stack"));
const countedSoftirqs = scriptOf(counted(softirqEvents()), { tableFull: 0, recursionMisses: null });
const hostile = scriptOf([
  timedRow(
    { class: "device", irq: 5, action: 0, name: '\u001b]0;owned\u0007, "a"\n\\\u202e', unhandled: 0, wakeThread: 0 },
    [1_000],
  ),
]);
const all = scriptOf(timed(allEvents()));
const allExclusive = scriptOf(exclusive(timed(allEvents())));
const countedAll = scriptOf(counted(allEvents()), { tableFull: 0, recursionMisses: 0 });
const exclusiveSoftirqs = scriptOf(exclusive(timed(softirqEvents())));
const costly = scriptOf(timed(hardirqEvents()), undefined, { runTimeNs: 11_400_000, runCount: 60_000 });
const terminal = (columns: number): Partial<FakeSettings> => ({ stdout: { isTTY: true, columns } });

const CASES: readonly GoldenCase[] = [
  { file: "hardirqs-table.txt", words: "hardirqs 1 2" },
  { file: "hardirqs-table-one.txt", words: "hardirqs 1 1" },
  { file: "hardirqs-table-nanoseconds.txt", words: "hardirqs 1 1 -N" },
  { file: "hardirqs-table-timestamp.txt", words: "hardirqs 1 2 -T" },
  {
    file: "hardirqs-table-timestamp-west.txt",
    words: "hardirqs 1 1 --timestamp",
    settings: { utcOffsetMinutes: -570 },
  },
  { file: "hardirqs-table-utc.txt", words: "hardirqs 1 2 -T --utc" },
  { file: "hardirqs-table-per-cpu.txt", words: "hardirqs 1 1 --per-cpu", settings: { script: perCpu } },
  { file: "hardirqs-table-count.txt", words: "hardirqs 1 1 -C", settings: { script: countedHardirqs } },
  {
    file: "hardirqs-table-lost.txt",
    words: "hardirqs 1 1",
    settings: { script: scriptOf(timed(hardirqEvents()), LOST) },
  },
  { file: "hardirqs-table-empty.txt", words: "hardirqs 1 2", settings: { script: scriptOf([], LOST) } },
  { file: "hardirqs-table-hostile.txt", words: "hardirqs 1 1", settings: { script: hostile } },
  { file: "hardirqs-matrix.txt", words: "hardirqs 1 2 --matrix", settings: { script: perCpu } },
  {
    file: "hardirqs-matrix-class.txt",
    words: "hardirqs 1 1 --matrix --class all --sort irq",
    settings: { script: all },
  },
  {
    file: "hardirqs-matrix-count.txt",
    words: "hardirqs 1 1 --matrix -C --cpu 0,3",
    settings: { script: countedPerCpu },
  },
  {
    file: "hardirqs-matrix-80-columns.txt",
    words: "hardirqs 1 1 --matrix",
    settings: { script: perCpu, ...terminal(80) },
  },
  { file: "hardirqs-matrix-128-cpus.txt", words: "hardirqs 1 1 --matrix --top 3", settings: manyCpus },
  {
    file: "hardirqs-matrix-128-cpus-120-columns.txt",
    words: "hardirqs 1 1 --matrix --top 3",
    settings: { ...manyCpus, ...terminal(120) },
  },
  { file: "hardirqs-json-matrix.ndjson", words: "hardirqs 1 1 --matrix --json --top 3", settings: { script: perCpu } },
  {
    file: "hardirqs-csv-matrix.csv",
    words: "hardirqs 1 1 --matrix --format csv --top 3",
    settings: { script: perCpu },
  },
  { file: "hardirqs-table-class.txt", words: "hardirqs 1 1 --class all", settings: { script: all } },
  {
    file: "hardirqs-table-class-self.txt",
    words: "hardirqs 1 1 --class device,vector --self --sort self",
    settings: { script: allExclusive },
  },
  {
    file: "hardirqs-table-class-sort-irq.txt",
    words: "hardirqs 1 1 --class all -C --sort irq",
    settings: { script: countedAll },
  },
  { file: "hardirqs-dist-class.txt", words: "hardirqs -d 1 1 --class all", settings: { script: all } },
  {
    file: "hardirqs-json-class.ndjson",
    words: "hardirqs 1 1 --json --class all --self",
    settings: { script: allExclusive },
  },
  { file: "hardirqs-csv-class.csv", words: "hardirqs 1 1 --format csv --class all", settings: { script: all } },
  { file: "softirqs-table-self.txt", words: "softirqs 1 1 --self", settings: { script: exclusiveSoftirqs } },
  { file: "softirqs-json-self.ndjson", words: "softirqs 1 1 --json --self", settings: { script: exclusiveSoftirqs } },
  { file: "hardirqs-table-cost.txt", words: "hardirqs 1 2 --top 2 --cost", settings: { script: costly } },
  { file: "hardirqs-table-top.txt", words: "hardirqs 1 1 --top 2 --sort max" },
  { file: "hardirqs-table-sort-count.txt", words: "hardirqs 1 1 --sort count" },
  { file: "hardirqs-table-sort-avg.txt", words: "hardirqs 1 1 --sort avg" },
  { file: "hardirqs-table-sort-p99.txt", words: "hardirqs 1 1 --sort p99" },
  { file: "hardirqs-table-sort-name.txt", words: "hardirqs 1 1 --sort name" },
  { file: "hardirqs-table-sort-irq.txt", words: "hardirqs 1 1 --sort irq" },
  { file: "hardirqs-table-name.txt", words: "hardirqs 1 1 --name virtio* --name acpi" },
  { file: "hardirqs-table-200-columns.txt", words: "hardirqs 1 1", settings: terminal(200) },
  { file: "hardirqs-table-100-columns.txt", words: "hardirqs 1 1", settings: terminal(100) },
  { file: "hardirqs-table-80-columns.txt", words: "hardirqs 1 1", settings: terminal(80) },
  { file: "hardirqs-table-40-columns.txt", words: "hardirqs 1 1", settings: terminal(40) },
  { file: "hardirqs-table-60-columns-sort-p99.txt", words: "hardirqs 1 1 --sort p99", settings: terminal(60) },
  { file: "hardirqs-dist.txt", words: "hardirqs -d 1 1" },
  { file: "hardirqs-dist-nanoseconds.txt", words: "hardirqs -d -N 1 1 --name virtio*" },
  { file: "hardirqs-dist-per-cpu.txt", words: "hardirqs -dT 1 1 --per-cpu --top 3", settings: { script: perCpu } },
  { file: "hardirqs-dist-empty.txt", words: "hardirqs -d 1 2", settings: { script: scriptOf([], LOST) } },
  { file: "hardirqs-json.ndjson", words: "hardirqs 1 2 --json" },
  { file: "hardirqs-json-dist.ndjson", words: "hardirqs 1 1 --json --dist --top 2" },
  { file: "hardirqs-json-per-cpu.ndjson", words: "hardirqs 1 1 --format json --per-cpu", settings: { script: perCpu } },
  { file: "hardirqs-json-count.ndjson", words: "hardirqs 1 1 --json -C", settings: { script: countedHardirqs } },
  { file: "hardirqs-json-empty.ndjson", words: "hardirqs 1 1 --json", settings: { script: scriptOf([], LOST) } },
  { file: "hardirqs-json-cost.ndjson", words: "hardirqs 1 2 --json --top 1 --cost", settings: { script: costly } },
  { file: "hardirqs-json-hostile.ndjson", words: "hardirqs 1 1 --json", settings: { script: hostile } },
  { file: "hardirqs-csv.csv", words: "hardirqs 1 2 --format csv" },
  { file: "hardirqs-csv-dist.csv", words: "hardirqs 1 1 --format csv -d --name acpi" },
  { file: "hardirqs-csv-per-cpu.csv", words: "hardirqs 1 1 --format=csv --per-cpu", settings: { script: perCpu } },
  { file: "hardirqs-csv-count.csv", words: "hardirqs 1 1 --format csv -C", settings: { script: countedHardirqs } },
  { file: "hardirqs-csv-empty-lost.csv", words: "hardirqs 1 2 --format csv", settings: { script: scriptOf([], LOST) } },
  { file: "hardirqs-csv-empty.csv", words: "hardirqs 1 2 --format csv", settings: { script: scriptOf([]) } },
  { file: "hardirqs-csv-cost.csv", words: "hardirqs 1 2 --format csv --top 1 --cost", settings: { script: costly } },
  {
    file: "hardirqs-csv-cost-none.csv",
    words: "hardirqs 1 1 --format csv --name x --cost",
    settings: { script: costly },
  },
  { file: "hardirqs-csv-hostile.csv", words: "hardirqs 1 1 --format csv", settings: { script: hostile } },
  {
    file: "hardirqs-csv-hostile-terminal.csv",
    words: "hardirqs 1 1 --format csv",
    settings: { script: hostile, ...terminal(80) },
  },
  { file: "softirqs-table.txt", words: "softirqs 1 2", settings: { script: softirqs } },
  { file: "softirqs-table-40-columns.txt", words: "softirqs 1 1", settings: { script: softirqs, ...terminal(40) } },
  {
    file: "softirqs-table-40-columns-sort-vector.txt",
    words: "softirqs 1 1 --sort vector",
    settings: { script: softirqs, ...terminal(40) },
  },
  { file: "softirqs-table-count.txt", words: "softirqs 1 1 --count", settings: { script: countedSoftirqs } },
  { file: "softirqs-table-name.txt", words: "softirqs 1 1 --name net_[rt]x", settings: { script: softirqs } },
  { file: "softirqs-dist.txt", words: "softirqs 1 1 --dist", settings: { script: softirqs } },
  { file: "softirqs-json.ndjson", words: "softirqs 1 1 --json", settings: { script: softirqs } },
  {
    file: "softirqs-json-count.ndjson",
    words: "softirqs 1 1 --json --count --sort name",
    settings: { script: countedSoftirqs },
  },
  { file: "softirqs-csv.csv", words: "softirqs 1 1 --format csv", settings: { script: softirqs } },
  { file: "softirqs-table-latency.txt", words: "softirqs 1 1 --latency", settings: { script: waits } },
  {
    file: "softirqs-table-latency-80-columns.txt",
    words: "softirqs 1 1 --latency",
    settings: { script: waits, ...terminal(80) },
  },
  { file: "softirqs-table-places.txt", words: "softirqs 1 1 --places -N", settings: { script: waitsByStack } },
  { file: "softirqs-table-places-untold.txt", words: "softirqs 1 1 --places", settings: { script: waits } },
  {
    file: "softirqs-dist-latency.txt",
    words: "softirqs 1 1 --latency --dist --name net_rx --name block",
    settings: { script: waits },
  },
  { file: "softirqs-json-latency.ndjson", words: "softirqs 1 1 --latency --json", settings: { script: waits } },
  {
    file: "softirqs-json-places-dist.ndjson",
    words: "softirqs 1 1 --places --json -d --name sched --name block",
    settings: { script: waitsByStack },
  },
  { file: "softirqs-csv-latency.csv", words: "softirqs 1 1 --latency --format csv", settings: { script: waits } },
  {
    file: "softirqs-csv-places-dist.csv",
    words: "softirqs 1 1 --places --format csv -d --name sched --name block",
    settings: { script: waitsByStack },
  },
  ...doctorCases(),
  ...SHELLS.map((shell) => ({ file: `completion.${shell}`, words: `completion ${shell}` })),
  { file: "doctor-help.txt", words: "doctor --help" },
  { file: "completion-help.txt", words: "completion --help" },
  { file: "help.txt", words: "--help" },
  { file: "help-wide.txt", words: "-h", settings: terminal(120) },
  { file: "hardirqs-help.txt", words: "hardirqs --help" },
  { file: "softirqs-help.txt", words: "softirqs -h" },
  { file: "slow-help.txt", words: "slow --help" },
  { file: "victims-help.txt", words: "victims --help" },
];

/** What the doctor says on each machine: whoever changes a word sees all of it. */
function doctorCases(): readonly GoldenCase[] {
  const on = (name: keyof typeof MACHINES, code: number, userId: number): GoldenCase => ({
    file: `doctor-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.txt`,
    words: "doctor",
    settings: { doctorFacts: MACHINES[name], userId },
    code,
  });
  const { root, ...others } = MACHINES;
  const names = Object.keys(others) as (keyof typeof others)[];
  return [
    on("root", 0, 0),
    ...names.map((name) => on(name, 4, name === "nobody" ? 65_534 : 0)),
    {
      ...on("nobody", 4, 65_534),
      file: "doctor-nobody-80-columns.txt",
      settings: { doctorFacts: MACHINES.nobody, ...terminal(80) },
    },
    { ...on("root", 0, 0), file: "doctor-root-20-columns.txt", settings: { doctorFacts: root, ...terminal(20) } },
    { ...on("root", 0, 0), file: "doctor-root.ndjson", words: "doctor --json" },
    { ...on("hidden", 4, 0), file: "doctor-hidden.ndjson", words: "doctor --json" },
  ];
}

describe("the output of", () => {
  for (const { file, words, settings, code = 0 } of CASES) {
    test(`irqtrace ${words} is that of ${file}`, async () => {
      const environment = new FakeEnvironment({ script: hardirqs, ...settings });
      expect(await main(words.split(" "), environment)).toBe(code);
      expect(environment.errorText).toBe("");
      // A release changes nothing else.
      expectGolden(file, environment.outputText.replace(`"version":"${packageJson.version}"`, '"version":"VERSION"'));
    });
  }

  test("the manual page's generator is that of irqtrace.1", () => {
    expectGolden(MANUAL_PAGE, manualPage("VERSION"));
  });

  test("every golden file belongs to a case", () => {
    const files = [...CASES, ...COVERAGE_CASES, ...SLOW_CASES, ...VICTIM_CASES]
      .map(({ file }) => file)
      .concat(MANUAL_PAGE);
    expect(readdirSync(new URL("golden/", import.meta.url)).sort()).toEqual(files.sort());
  });
});
