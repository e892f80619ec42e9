import { describe, expect, test } from "bun:test";
import { FINDING_RULES, FINDING_THRESHOLDS, type FindingRow, type MachineFacts } from "./finding.ts";
import { findings } from "./findings.ts";

const MS = 1e6;
const MACHINE: MachineFacts = { onlineCpus: [0, 1, 2, 3], tickNs: 4 * MS, isPreemptRt: false };

const line = (changes: Partial<FindingRow> = {}): FindingRow => ({
  class: "device",
  irq: 11,
  action: 0,
  name: "uhci_hcd:usb1",
  cpu: 0,
  count: 200,
  unhandled: 0,
  wakeThread: 0,
  ...changes,
});

const softirq = (changes: Partial<FindingRow> = {}): FindingRow => ({
  vector: 3,
  name: "net_rx",
  count: 1_000,
  latency: { count: 1_000, p99Ns: 300 },
  unmatchedRaise: 0,
  places: { ksoftirqd: 0 },
  ...changes,
});

const ofCpus = (cpuRows: readonly FindingRow[], machine = MACHINE) => findings({ rows: [], cpuRows, machine });
const ofRows = (rows: readonly FindingRow[], machine = MACHINE) => findings({ rows, cpuRows: [], machine });

test("each rule has a threshold, and nothing is found where nothing happened", () => {
  for (const { threshold } of Object.values(FINDING_RULES)) expect(FINDING_THRESHOLDS[threshold]).toBeGreaterThan(0);
  expect(findings({ rows: [], cpuRows: [], machine: MACHINE })).toEqual([]);
  expect(findings({ rows: [softirq()], cpuRows: [line()], machine: MACHINE })).toEqual([]);
});

describe("a handler that says most interrupts are not its own", () => {
  test("is found, over all CPUs, with its numbers and the threshold", () => {
    const rows = [line({ unhandled: 101 }), line({ cpu: 1, count: 300, unhandled: 150 })];
    expect(ofCpus(rows)).toEqual([
      {
        rule: "unhandled",
        sentence:
          "uhci_hcd:usb1 (irq 11): the handler said of 251 of 500 interrupts that they were not its own (50 %, above 50 %): they are spurious, or those of another device on its line.",
        evidence: { source: "uhci_hcd:usb1 (irq 11)", unhandled: 251, count: 500, share: 251 / 500 },
        threshold: 0.5,
      },
    ]);
  });

  test("is none at half of them, or with too few, or of another class", () => {
    expect(ofCpus([line({ unhandled: 100 })])).toEqual([]);
    expect(ofCpus([line({ count: 99, unhandled: 99 })])).toEqual([]);
    expect(ofCpus([line({ class: "vector", unhandled: 200 })])).toEqual([]);
  });

  test("is told from the other handler of its line", () => {
    const [finding, ...others] = ofCpus([line({ unhandled: 190 }), line({ action: 1, name: "ahci" })]);
    expect(finding?.evidence["source"]).toBe("uhci_hcd:usb1 (irq 11)");
    expect(others).toEqual([]);
    const [second] = ofCpus([line({ action: 1, name: "ahci", unhandled: 190 })]);
    expect(second?.sentence).toStartWith("ahci (irq 11, action 1): ");
  });
});

describe("a CPU that takes most interrupts of a device with several lines", () => {
  const device = "0000:03:00.0";
  const nameOf = (queue: number): string => `mlx5_comp${queue}@pci:${device}`;
  const deviceLines = [0, 1, 2].map((queue) => ({ irq: 40 + queue, device, name: nameOf(queue) }));
  const machine: MachineFacts = { ...MACHINE, deviceLines };
  const taken = (cpu: number, queue: number, count: number): FindingRow =>
    line({ irq: 40 + queue, name: nameOf(queue), cpu, count });

  test("is found, with the lines by their common name", () => {
    const [finding, ...others] = ofCpus([taken(2, 0, 500), taken(2, 1, 311), taken(1, 2, 200)], machine);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: "uneven-device", threshold: 0.8 });
    expect(finding?.sentence).toBe(
      "CPU 2 took 811 of 1011 interrupts of mlx5_comp*@pci:0000:03:00.0 (80 %, above 80 %), although 0000:03:00.0 has 3 such lines for 4 CPUs.",
    );
    expect(finding?.evidence).toMatchObject({ cpu: 2, taken: 811, count: 1_011, lines: 3 });
  });

  test("is none at the threshold, or where there is one CPU, or with too few interrupts", () => {
    expect(ofCpus([taken(2, 0, 800), taken(1, 2, 200)], machine)).toEqual([]);
    expect(ofCpus([taken(0, 0, 1_000)], { ...machine, onlineCpus: [0] })).toEqual([]);
    expect(ofCpus([taken(2, 0, 99)], machine)).toEqual([]);
  });

  test("is none of two devices of one name, or of lines that are for different things", () => {
    const single = [
      { irq: 40, device: "0000:00:02.0", name: nameOf(0) },
      { irq: 41, device: "0000:00:03.0", name: nameOf(1) },
    ];
    const different = [
      { irq: 40, device, name: "virtio2-input.0" },
      { irq: 41, device, name: "virtio2-output.0" },
    ];
    for (const lines of [single, different, []]) {
      expect(ofCpus([taken(0, 0, 900), taken(0, 1, 900)], { ...MACHINE, deviceLines: lines })).toEqual([]);
    }
  });
});

describe("a CPU that was to be left alone", () => {
  const machine: MachineFacts = { ...MACHINE, isolatedCpus: [2, 3], nohzFullCpus: [3] };

  test("is found when it was interrupted once, with what did most of it", () => {
    const rows = [line({ cpu: 3, count: 2 }), line({ cpu: 3, class: "softirq", name: "timer", irq: 0, count: 1 })];
    expect(ofCpus([...rows, line({ cpu: 1 })], machine).map(({ sentence }) => sentence)).toEqual([
      "CPU 3 is isolated and nohz_full, and ran 3 handlers all the same, 2 of them of uhci_hcd:usb1 (irq 11) (threshold 1).",
    ]);
  });

  test("is none where nothing ran, or where no CPU is such a one, or below another threshold", () => {
    expect(ofCpus([line({ cpu: 1 })], machine)).toEqual([]);
    expect(ofCpus([line({ cpu: 3, count: 0 })], machine)).toEqual([]);
    expect(ofCpus([line({ cpu: 3 })])).toEqual([]);
    const input = { rows: [], cpuRows: [line({ cpu: 3, count: 9 })], machine };
    expect(findings(input, { isolatedRuns: 10 })).toEqual([]);
    expect(findings(input, { isolatedRuns: 9 })).toHaveLength(1);
  });
});

describe("a softirq that waits for longer than a tick", () => {
  const late = softirq({ latency: { count: 500, p99Ns: 4 * MS + 1 } });

  test("is found, with its CPU where there is one", () => {
    expect(ofRows([late]).map(({ rule, sentence }) => [rule, sentence])).toEqual([
      ["late-softirq", "net_rx: 1 of 100 runs waited for 4 ms or longer, of 500 (above a tick, 4 ms)."],
    ]);
    expect(ofRows([{ ...late, cpu: 2 }])[0]?.sentence).toStartWith("net_rx on CPU 2: ");
  });

  test("is none at a tick, with too few runs, or where the tick is not known", () => {
    expect(ofRows([softirq({ latency: { count: 500, p99Ns: 4 * MS } })])).toEqual([]);
    expect(ofRows([softirq({ latency: { count: 99, p99Ns: 9 * MS } })])).toEqual([]);
    expect(ofRows([late], { onlineCpus: [0] })).toEqual([]);
  });
});

describe("a softirq that ksoftirqd mostly runs", () => {
  const mostly = softirq({ latency: { count: 900, p99Ns: 1 }, unmatchedRaise: 100, places: { ksoftirqd: 501 } });

  test("is found, of all runs that began", () => {
    expect(ofRows([mostly]).map(({ sentence }) => sentence)).toEqual([
      "net_rx: ksoftirqd began 501 of 1000 runs (50 %, above 50 %): they compete with other tasks for the CPU.",
    ]);
  });

  test("is none at half of them, with too few, without waits, or on PREEMPT_RT", () => {
    expect(ofRows([{ ...mostly, places: { ksoftirqd: 500 } }])).toEqual([]);
    expect(ofRows([softirq({ latency: { count: 99, p99Ns: 1 }, places: { ksoftirqd: 99 } })])).toEqual([]);
    expect(ofRows([{ vector: 3, name: "net_rx", count: 1_000 }])).toEqual([]);
    expect(ofRows([mostly], { ...MACHINE, isPreemptRt: true })).toEqual([]);
  });
});

describe("handlers that mostly wake their thread", () => {
  test("are found, with the thread's name", () => {
    expect(ofCpus([line({ wakeThread: 101 })]).map(({ rule, sentence }) => [rule, sentence])).toEqual([
      [
        "threaded",
        "uhci_hcd:usb1 (irq 11): the handler left the work of 101 of 200 interrupts to thread irq/11-uhci_hcd:usb1 (50 %, above 50 %): their time is in no row.",
      ],
    ]);
  });

  test("are one finding, however many there are, the busiest first", () => {
    const rows = [1, 2, 3, 4, 5].map((irq) => line({ irq, name: "eth0", count: 100 * irq, wakeThread: 100 * irq }));
    expect(ofCpus(rows).map(({ sentence }) => sentence)).toEqual([
      "5 handlers left the work of 1500 of 1500 interrupts to threads irq/5-eth0, irq/4-eth0, irq/3-eth0 and 2 more (100 %, above 50 %): their time is in no row.",
    ]);
  });

  test("are none at half of their interrupts, or with too few", () => {
    expect(ofCpus([line({ wakeThread: 100 })])).toEqual([]);
    expect(ofCpus([line({ count: 99, wakeThread: 99 })])).toEqual([]);
  });
});

test("a share just below all is not told as all", () => {
  const [finding] = ofCpus([line({ count: 100_000, unhandled: 99_999 })]);
  expect(finding?.sentence).toContain("(99 %, above 50 %)");
});
