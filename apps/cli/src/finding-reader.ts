import type { RawSnapshot } from "@irqtrace/decode";
import type { Finding, FindingRow, MachineFacts } from "@irqtrace/interrupts/decode";

/** Reads, with each report, what is worth a look in it. */
export class FindingReader {
  readonly #machine: () => Promise<MachineFacts>;
  readonly #isWanted: (name: string) => boolean;
  #earlier: readonly FindingRow[] = [];

  /** @param isWanted Whether rows of that name are; the others lead to no finding. */
  constructor(machine: () => Promise<MachineFacts>, isWanted: (name: string) => boolean) {
    this.#machine = machine;
    this.#isWanted = isWanted;
  }

  /** Of the report with these rows. Counts of CPUs are read just after it, and so are of a moment more. */
  async read(tracer: { capture(): RawSnapshot }, rows: readonly FindingRow[]): Promise<readonly Finding[]> {
    const raw = tracer.capture();
    // Only now: a trace that is to say nothing of findings, or has not ended, does not pay for them.
    const { countsPerCpu, findings } = await import("@irqtrace/interrupts/decode");
    const cpuRows = countsPerCpu(raw, this.#earlier);
    this.#earlier = countsPerCpu(raw);
    const wanted = (of: readonly FindingRow[]): readonly FindingRow[] => of.filter(({ name }) => this.#isWanted(name));
    return findings({ rows: wanted(rows), cpuRows: wanted(cpuRows), machine: await this.#machine() });
  }
}
