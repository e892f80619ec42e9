import { readdirSync, readFileSync } from "node:fs";

/** What the kernel says of a program that a process holds. */
export interface HeldProgram {
  readonly id: number;
  readonly runTimeNs: number;
  readonly runCount: number;
}

/** The BPF programs that a process has descriptors of, from /proc/PID/fdinfo. */
export function heldPrograms(pid: number): HeldProgram[] {
  const programs = fdinfo(pid)
    .filter((text) => text.includes("prog_type:") && !text.includes("link_type:"))
    .map((text) => ({
      id: field(text, "prog_id"),
      runTimeNs: field(text, "run_time_ns"),
      runCount: field(text, "run_cnt"),
    }));
  return [...new Map(programs.map((program) => [program.id, program])).values()];
}

/** How many programs a process has attached. */
export const countLinks = (pid: number): number =>
  fdinfo(pid).filter((text) => text.includes("link_type:") || text.includes("tp_name:")).length;

function fdinfo(pid: number): string[] {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readFileSync(`${folder}/${fd}`, "utf8")];
    } catch (error) {
      // The descriptor was closed since.
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  });
}

function field(text: string, name: string): number {
  const value = new RegExp(`^${name}:\\s*(\\d+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`The kernel does not tell ${name} of a program.`);
  return Number(value);
}
