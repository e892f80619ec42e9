import { escapeControl } from "../escape-control.ts";
import { type Check, STATUSES } from "./check.ts";
import type { Diagnosis } from "./diagnose.ts";

const GAP = "  ";
const REMEDY_MARK = "-> ";
/** Where a terminal leaves less for the text, lines run over its edge instead. */
const MIN_TEXT_WIDTH = 20;

/** A line per check, what to do about it below, and the verdict at the end. */
export function diagnosisTable(diagnosis: Diagnosis, columns: number | undefined): string {
  const { checks } = diagnosis;
  const statusWidth = Math.max(...STATUSES.map((status) => status.length));
  const titleWidth = Math.max(...checks.map(({ title }) => title.length));
  const margin = statusWidth + titleWidth + 2 * GAP.length;
  const textWidth = Math.max(MIN_TEXT_WIDTH, (columns ?? Number.POSITIVE_INFINITY) - margin);
  const lines = checks.flatMap((check) => {
    const start = `${check.status.padEnd(statusWidth)}${GAP}${check.title.padEnd(titleWidth)}${GAP}`;
    const [first = "", ...others] = textLines(check, textWidth);
    return [start + first, ...others.map((line) => " ".repeat(margin) + line)];
  });
  const end = wrap(verdict(diagnosis), columns ?? Number.POSITIVE_INFINITY);
  return `${[...lines, "", ...end].join("\n")}\n`;
}

function textLines({ found, remedy }: Check, width: number): readonly string[] {
  const finding = wrap(escapeControl(found), width);
  if (remedy === null) return finding;
  const advice = wrap(escapeControl(remedy), width - REMEDY_MARK.length);
  return [
    ...finding,
    ...advice.map((line, index) => (index === 0 ? REMEDY_MARK : " ".repeat(REMEDY_MARK.length)) + line),
  ];
}

/** Breaks at spaces; a word that is longer than a line gets one of its own. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function verdict({ works, commands, lacksPrivilegesAlone }: Diagnosis): string {
  const working = commands.filter((command) => command.works).map(({ name, flavour }) => `${name} with ${flavour}`);
  if (works) return `Tracing works here: ${working.join(", ")}.`;
  if (working.length > 0) return `Of the commands only one works here: ${working.join(", ")}.`;
  return lacksPrivilegesAlone
    ? "Tracing does not work with these privileges. With the right ones every program is tried as well."
    : "Tracing does not work here.";
}
