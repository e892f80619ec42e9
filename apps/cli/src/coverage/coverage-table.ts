import { type Coverage, type CoverageLine, type CoverageShare, lineShare } from "@irqtrace/interrupts/decode";
import { escapeControl } from "../escape-control.ts";

const GAP = "  ";
const HEADINGS = ["counted", "traced", "share", ""] as const;

/** Both files' lines under headings, as far as something happened or cannot be seen, and the shares below. */
export function coverageTable(coverage: Coverage, lineWidth: number): string {
  const { lines, lost } = coverage;
  const shown = lines.filter(({ most, traced, reason }) => most > 0 || (traced ?? 0) > 0 || reason !== null);
  const still = lines.length - shown.length;
  const blocks = (["interrupts", "softirqs"] as const).map((file) =>
    table([file, ...HEADINGS], shown.filter((line) => line.file === file).map(cellsOf), lineWidth),
  );
  const losses = [
    ["table full", lost.tableFull],
    ["recursion misses", lost.recursionMisses],
  ] as const;
  const lostWords = losses.filter(([, count]) => count).map(([what, count]) => `${what} ${count}`);
  return [
    ...blocks,
    `${sentence("interrupts", coverage.interrupts)}\n${sentence("softirqs", coverage.softirqs)}\n`,
    ...(still > 0 ? [`Lines on which nothing happened, left out: ${still}\n`] : []),
    ...(lostWords.length > 0 ? [`lost: ${lostWords.join(", ")}\n`] : []),
  ]
    .map((text, index) => (index > 0 && index <= blocks.length ? `\n${text}` : text))
    .join("");
}

function cellsOf(line: CoverageLine): readonly string[] {
  const { label, description, least, most, traced, reason } = line;
  const share = traced === null ? "-" : percentage(lineShare(line));
  const told = reason === null ? description : description === "" ? reason : `${description}: ${reason}`;
  const counted = least === most ? `${most}` : `${least}-${most}`;
  return [escapeControl(label), counted, traced === null ? "-" : String(traced), share, escapeControl(told)];
}

const sentence = (what: string, share: CoverageShare): string =>
  `${what}: ${share.traced} of ${share.counted} traced${share.counted === 0 ? "" : `, ${percentage(share)}`}`;

/** Never 100 where something is missing. */
function percentage({ counted, traced }: CoverageShare): string {
  if (counted === 0) return "-";
  const percent = (100 * traced) / counted;
  return `${(traced < counted ? Math.min(percent, 99.99) : percent).toFixed(2)} %`;
}

/** The last column is cut where the terminal ends. */
function table(headings: readonly string[], rows: readonly (readonly string[])[], lineWidth: number): string {
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? "")].map((text) => Bun.stringWidth(text))),
  );
  const last = headings.length - 1;
  return [headings, ...rows]
    .map((cells) => {
      const padded = cells.map((text, column) => {
        const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(text)));
        return column === 0 || column === last ? text + padding : padding + text;
      });
      const line = padded.join(GAP).trimEnd();
      return `${line.length > lineWidth ? line.slice(0, lineWidth).trimEnd() : line}\n`;
    })
    .join("");
}
