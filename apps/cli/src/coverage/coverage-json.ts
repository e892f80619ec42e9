import { type Coverage, type CoverageLine, type CoverageShare, lineShare } from "@irqtrace/interrupts/decode";
import { escapeControlInJson } from "../escape-control.ts";

const SCHEMA = "irqtrace.coverage/1";

/** One object on a line, in the schema of @irqtrace/interrupts. */
export function coverageJson({ start, intervalNs, lost, interrupts, softirqs, lines }: Coverage): string {
  const { tableFull, recursionMisses } = lost;
  const object = {
    schema: SCHEMA,
    start: start.toISOString(),
    intervalNs,
    lost: { tableFull, recursionMisses },
    interrupts: shareObject(interrupts),
    softirqs: shareObject(softirqs),
    lines: lines.map(lineObject),
  };
  return `${escapeControlInJson(JSON.stringify(object))}\n`;
}

function lineObject(line: CoverageLine): unknown {
  const { file, label, description, least, most, traced, reason, isInterrupt } = line;
  const { share } = shareObject(lineShare(line));
  return { file, label, description, least, most, traced, share: traced === null ? null : share, reason, isInterrupt };
}

function shareObject({ counted, traced }: CoverageShare): CoverageShare & { readonly share: number | null } {
  return { counted, traced, share: counted === 0 ? null : traced / counted };
}
