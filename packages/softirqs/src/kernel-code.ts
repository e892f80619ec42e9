import { existsSync, readFileSync } from "node:fs";

/** A range of text addresses, as signed numbers: those of the kernel lie near 0 then, and a number holds them exactly. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

/** The code that runs softirqs outside of threads. */
export interface SoftirqCode {
  readonly interruptExit: readonly CodeRange[];
  readonly bhEnable: readonly CodeRange[];
}

/** Not there in a kernel without CONFIG_KALLSYMS. */
const KALLSYMS_PATH = "/proc/kallsyms";
/** As many as the program has room for, of each kind. */
const MAX_RANGES = 8;
const INTERRUPT_EXIT = ["irq_exit", "irq_exit_rcu", "__irq_exit_rcu", "invoke_softirq"];
/** do_softirq is also called by an idle CPU that has done what others asked of it. */
const BH_ENABLE = ["do_softirq", "__local_bh_enable_ip", "__local_bh_enable"];

/** As this kernel has it; null where it keeps its addresses to itself (no CAP_SYSLOG, or kptr_restrict). */
export function softirqCode(): SoftirqCode | null {
  return existsSync(KALLSYMS_PATH) ? softirqCodeIn(readFileSync(KALLSYMS_PATH, "latin1")) : null;
}

/** The same from the text of /proc/kallsyms. */
export function softirqCodeIn(kallsyms: string): SoftirqCode | null {
  const [interruptExit, bhEnable] = [INTERRUPT_EXIT, BH_ENABLE].map((names) => rangesOf(kallsyms, names));
  if (interruptExit === undefined || bhEnable === undefined) return null;
  return interruptExit.length === 0 || bhEnable.length === 0 ? null : { interruptExit, bhEnable };
}

/** Where functions of these names lie, parts that the compiler split off ("do_softirq.part.0") included. */
function rangesOf(kallsyms: string, names: readonly string[]): CodeRange[] {
  const symbol = new RegExp(`^([0-9a-f]+) [tTwW] (?:${names.join("|")})(?:\\.\\S+)?$`, "gm");
  const ranges: CodeRange[] = [];
  for (const match of kallsyms.matchAll(symbol)) {
    const start = BigInt(`0x${match[1] ?? "0"}`);
    const end = nextAddress(kallsyms, match.index + match[0].length + 1, start);
    if (start !== 0n && end !== null) ranges.push({ start: asSigned(start), end: asSigned(end) });
  }
  return ranges.slice(0, MAX_RANGES);
}

/** The address of what follows; the kernel's own symbols are listed in the order of their addresses. */
function nextAddress(kallsyms: string, from: number, start: bigint): bigint | null {
  const address = /^[0-9a-f]+/gm;
  address.lastIndex = from;
  for (let match = address.exec(kallsyms); match !== null; match = address.exec(kallsyms)) {
    const next = BigInt(`0x${match[0]}`);
    if (next > start) return next;
    if (next < start) return null;
  }
  return null;
}

const asSigned = (address: bigint): number => Number(BigInt.asIntN(64, address));
