import { readdirSync, readFileSync } from "node:fs";

/** Thread ids of a CPU's softirq threads; 0: none, or not known. */
export interface SoftirqThreads {
  readonly ksoftirqd: number;
  readonly ktimers: number;
}

/** The parent of all kernel threads. */
const KTHREADD = "2";
/** /proc/PID/stat: the id, the name in parentheses, the state, the parent's id. */
const KERNEL_THREAD = /^(\d+) \((ksoftirqd|ktimers)\/(\d+)\) \S (\d+) /;

/** What a line of /proc/PID/stat says of a softirq thread; null if it is another task's. */
export function softirqThreadOf(
  stat: string,
): { readonly name: keyof SoftirqThreads; readonly cpu: number; readonly id: number } | null {
  const [, id, name, cpu, parent] = KERNEL_THREAD.exec(stat) ?? [];
  // Any program can call itself ksoftirqd.
  if (parent !== KTHREADD || (name !== "ksoftirqd" && name !== "ktimers")) return null;
  return { name, cpu: Number(cpu), id: Number(id) };
}

/**
 * The softirq threads of each of these CPUs, as /proc shows them now: those of CPUs that were never online are not there
 * yet, and in a PID namespace there are none.
 */
export function softirqThreads(cpus: readonly number[]): readonly SoftirqThreads[] {
  const found = new Map<number, SoftirqThreads>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const thread = softirqThreadOf(statOf(entry));
    if (thread === null) continue;
    const known = found.get(thread.cpu) ?? { ksoftirqd: 0, ktimers: 0 };
    found.set(thread.cpu, { ...known, [thread.name]: thread.id });
  }
  return cpus.map((cpu) => found.get(cpu) ?? { ksoftirqd: 0, ktimers: 0 });
}

/** Empty for a process that has ended meanwhile, or that is hidden from us. */
function statOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/stat`, "latin1");
  } catch {
    return "";
  }
}
