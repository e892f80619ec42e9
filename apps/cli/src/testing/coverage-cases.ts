import type { Coverage, CoverageLine } from "@irqtrace/interrupts";
import type { FakeSettings } from "./fake-environment.ts";

const line = (file: CoverageLine["file"], label: string, count: number, description = ""): CoverageLine => ({
  ...{ file, label, description, least: count, most: count, traced: count, reason: null, isInterrupt: true },
});

export const COVERAGE: Coverage = {
  start: new Date(Date.UTC(2026, 2, 29, 0, 59, 58, 250)),
  intervalNs: 1_000_012_345,
  lost: { tableFull: 0, recursionMisses: 0 },
  lines: [
    line("interrupts", "28", 0, "PCI-MSIX-0000:00:01.0 0-edge virtio0-config"),
    line("interrupts", "36", 2_020, "PCI-MSIX-0000:00:02.0 1-edge virtio1-req.0"),
    { ...line("interrupts", "LOC", 1_374, "Local timer interrupts"), most: 1_376, traced: 1_370 },
    { ...line("interrupts", "TLB", 41, "TLB shootdowns"), traced: null, reason: "a part of CAL", isInterrupt: false },
    { ...line("interrupts", "HYP", 0, "\u001b[31mHypervisor"), traced: null, reason: "no tracepoint" },
    { ...line("interrupts", "ERR", 0), traced: null, reason: "no tracepoint" },
    line("softirqs", "NET_RX", 20_000),
    line("softirqs", "HI", 0),
  ],
  interrupts: { counted: 3_394, traced: 3_390 },
  softirqs: { counted: 20_000, traced: 20_000 },
};

/** What `irqtrace coverage` prints, each in a golden file of its own. */
export interface CoverageCase {
  readonly file: string;
  readonly words: string;
  readonly settings?: Partial<FakeSettings>;
}

export const COVERAGE_CASES: readonly CoverageCase[] = [
  { file: "coverage.txt", words: "coverage" },
  { file: "coverage-50-columns.txt", words: "coverage 2", settings: { stdout: { isTTY: true, columns: 50 } } },
  {
    file: "coverage-lost.txt",
    words: "coverage",
    settings: { coverage: { ...COVERAGE, lost: { tableFull: 2, recursionMisses: null } } },
  },
  { file: "coverage.ndjson", words: "coverage --json" },
  { file: "coverage-help.txt", words: "coverage --help" },
];
