import { readFileSync } from "node:fs";

/** Whether this kernel is a PREEMPT_RT one, as `uname -v` says. */
export const isPreemptRt = (): boolean => readFileSync("/proc/sys/kernel/version", "utf8").includes("PREEMPT_RT");
