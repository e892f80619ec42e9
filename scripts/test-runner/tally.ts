import type { SkippedTest, TestReport } from "./bun-output.ts";

/** Adds up what suites report, and says it at the end. */
export class Tally {
  #passed = 0;
  readonly #failures: string[] = [];
  readonly #skips: SkippedTest[] = [];
  readonly #requireAll: boolean;

  /** With `requireAll` a skip for want of something that could be had (root, BPF, a package) is a failure. */
  constructor(requireAll: boolean) {
    this.#requireAll = requireAll;
  }

  add(report: TestReport): void {
    this.#passed += report.passed;
    this.#failures.push(...report.failures);
    for (const skip of report.skips) {
      if (this.#requireAll && !needsAnotherMachine(skip)) {
        this.#failures.push(`${skip.test}: skipped where everything is required (${skip.reason ?? "no reason given"})`);
      } else this.#skips.push(skip);
    }
  }

  get failed(): boolean {
    return this.#failures.length > 0 || this.#passed === 0;
  }

  /** The last line is `N passed, N failed, N skipped`, alone. */
  summary(): string {
    const lines: string[] = [];
    if (this.#skips.length > 0) lines.push("", "Skipped:", ...this.#skips.map(explained));
    if (this.#failures.length > 0) lines.push("", "Failed:", ...this.#failures.map((failure) => `  ${failure}`));
    lines.push("", `${this.#passed} passed, ${this.#failures.length} failed, ${this.#skips.length} skipped`);
    return lines.join("\n");
  }
}

/** The reason may be a part of the name. */
function explained({ test, reason }: SkippedTest): string {
  return reason !== null && test.includes(reason) ? `  ${test}` : `  ${test}: ${reason ?? "no reason given"}`;
}

/** No package or privilege brings these. */
const MACHINES = /^needs (arm64|x86_64|musl|a kernel (before|since) [\d.]+|PREEMPT_RT)\b/;

function needsAnotherMachine(skip: SkippedTest): boolean {
  return skip.reason !== null && MACHINES.test(skip.reason);
}
