/** How many times more often code must run than usual before it is compiled. */
const PATIENCE = 1_000;
/** Intervals shorter than this are work enough. */
const BUSY_BELOW_MS = 100;

/**
 * Has code compiled late, since most of it runs once: the compilers' own pages are 4 MB of this process's memory, and
 * their threads compete with its start. What runs for long is compiled all the same, as on machines of many CPUs.
 */
export function compileLate(): void {
  setPolicy(PATIENCE);
}

/** Where intervals come so fast that compiled code saves more than it takes. */
export function compileForIntervals(everyMs: number): void {
  if (everyMs < BUSY_BELOW_MS) setPolicy(1);
}

function setPolicy(scale: number): void {
  // The first releases of Bun 1.4 may lack it.
  if ("setJITPolicy" in Bun.unsafe) Bun.unsafe.setJITPolicy(scale);
}
