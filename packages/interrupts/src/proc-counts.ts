/** A line of /proc/interrupts or /proc/softirqs, all CPUs together. */
export interface ProcLine {
  /** As the file spells it, without the colon: "36", "LOC", "NET_RX". */
  readonly label: string;
  readonly count: number;
  /** What is behind the numbers: chip, hardware number and handlers of a device, or a description. */
  readonly rest: string;
}

/**
 * Both files have a heading with a column per online CPU, and lines `LABEL: count... rest`; of what no CPU counts by
 * itself (ERR, MIS) one number.
 */
export function parseProcCounts(text: string): readonly ProcLine[] {
  const [heading = "", ...lines] = text.trimEnd().split("\n");
  const cpus = heading.trim().split(/\s+/).length;
  return lines.flatMap((line) => {
    const [, label, behind = ""] = /^\s*([^:\s]+):(.*)$/.exec(line) ?? [];
    if (label === undefined) return [];
    const fields = behind.trim().split(/\s+/);
    const numbers = fields.slice(0, cpus).filter((field) => /^\d+$/.test(field));
    const count = numbers.reduce((sum, number) => sum + Number(number), 0);
    return [{ label, count, rest: fields.slice(numbers.length).join(" ") }];
  });
}
