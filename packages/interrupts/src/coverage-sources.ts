import { SYSTEM_VECTORS } from "@irqtrace/hardirqs/decode";
import type { CountedInterruptRow } from "./interrupt-row.ts";
import type { ProcLine } from "./proc-counts.ts";

/** Which file a line is of. */
export type ProcFile = "interrupts" | "softirqs";

/** Why a line has no rows, and whether what it counts are interrupts that should have some. */
interface Untraced {
  readonly reason: string;
  readonly isInterrupt: boolean;
}

const NO_TRACEPOINT = "the kernel has no tracepoint for it";

/** Lines that no row answers to, by label. Source: arch/x86/kernel/irq.c, arch/arm64/kernel/smp.c. */
const UNTRACED: Readonly<Record<string, Untraced>> = {
  TLB: { reason: "a part of CAL", isInterrupt: false },
  PMI: { reason: "a part of NMI", isInterrupt: false },
  RTR: { reason: "repeated readings of the APIC, no interrupts", isInterrupt: false },
  MIS: { reason: "corrections of the APIC, no interrupts", isInterrupt: false },
  MCP: { reason: "polls by a timer, no interrupts", isInterrupt: false },
  Err: { reason: "unexpected interrupts, which run no handler", isInterrupt: true },
  HYP: { reason: NO_TRACEPOINT, isInterrupt: true },
  HRE: { reason: NO_TRACEPOINT, isInterrupt: true },
  HVS: { reason: NO_TRACEPOINT, isInterrupt: true },
  MCE: { reason: NO_TRACEPOINT, isInterrupt: true },
  PIN: { reason: NO_TRACEPOINT, isInterrupt: true },
  NPI: { reason: NO_TRACEPOINT, isInterrupt: true },
  PIW: { reason: NO_TRACEPOINT, isInterrupt: true },
};

/** Which rows count what a line counts, and how they make up its number. */
export type LineSource =
  | { readonly kind: "rows"; readonly matches: (row: CountedInterruptRow) => boolean; readonly combine: Combine }
  | ({ readonly kind: "untraced" } & Untraced);

/** "largest": each of the rows sees every interrupt of the line, as handlers that share a line do. */
export type Combine = "sum" | "largest";

/** @param absent tracepoints that this kernel lacks */
export function sourceOfLine(file: ProcFile, { label, rest }: ProcLine, absent: readonly string[]): LineSource {
  if (file === "softirqs") {
    const name = label.toLowerCase();
    return { kind: "rows", matches: (row) => row.class === "softirq" && row.name === name, combine: "sum" };
  }
  if (/^\d+$/.test(label)) {
    const irq = Number(label);
    return { kind: "rows", matches: (row) => row.class === "device" && row.irq === irq, combine: "largest" };
  }
  const vectors = SYSTEM_VECTORS.filter((vector) => vector.label === label).map(({ name }) => name);
  if (vectors.length > 0)
    return ofTracepoints(
      vectors.map((name) => `${name}_exit`),
      absent,
      {
        kind: "rows",
        matches: (row) => row.class === "vector" && vectors.includes(row.name),
        combine: "sum",
      },
    );
  if (/^IPI\d+$/.test(label)) {
    return ofTracepoints(["ipi_exit"], absent, {
      kind: "rows",
      matches: (row) => row.class === "ipi" && row.name === rest,
      combine: "sum",
    });
  }
  // One NMI runs every handler.
  if (label === "NMI") {
    return ofTracepoints(["nmi_handler"], absent, {
      kind: "rows",
      matches: (row) => row.class === "nmi",
      combine: "largest",
    });
  }
  return {
    kind: "untraced",
    ...(UNTRACED[label] ?? { reason: "irqtrace knows no tracepoint for it", isInterrupt: true }),
  };
}

function ofTracepoints(names: readonly string[], absent: readonly string[], source: LineSource): LineSource {
  const missing = names.find((name) => absent.includes(name));
  if (missing === undefined) return source;
  return { kind: "untraced", reason: `this kernel has no tracepoint ${missing}`, isInterrupt: true };
}
