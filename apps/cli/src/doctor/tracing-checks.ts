import { FLAVOURS, type Flavour } from "../invocation.ts";
import { isBunTooOld, OLDEST_BUN } from "../oldest-bun.ts";
import { TRACE_COMMAND_NAMES, type TraceCommandName } from "../trace-commands.ts";
import { areMissing, type Check, fail, ok, type Patient, unknown, warn } from "./check.ts";
import type { LinuxFacts } from "./doctor-facts.ts";

/** What irqtrace itself works with, and what comes of a trial. */
export function tracingChecks(patient: Patient): readonly Check[] {
  return [
    bun(patient.facts.bunVersion),
    libbpf(patient),
    cgroup(patient),
    ...TRACE_COMMAND_NAMES.flatMap((command) => FLAVOURS.map((flavour) => trial(patient, command, flavour))),
  ];
}

export function bun(version: string): Check {
  if (!isBunTooOld(version)) return ok("bun", "Bun", version);
  return fail("bun", "Bun", `${version}, older than ${OLDEST_BUN}`, `Install Bun ${OLDEST_BUN} or later.`);
}

function libbpf({ linux }: Patient): Check {
  const found = linux.libbpf;
  if (found === null) return unknown("libbpf", "libbpf", "not looked for: Bun is too old");
  if ("problem" in found) return fail("libbpf", "libbpf", found.problem, null);
  return ok("libbpf", "libbpf", `${found.version}, ${found.path} (${found.source})`);
}

function cgroup({ linux }: Patient): Check {
  if (linux.cgroupMounts.length > 0) return ok("cgroup", "cgroup v2", linux.cgroupMounts.join(", "));
  return warn(
    "cgroup",
    "cgroup v2",
    "not mounted: --cgroup has nothing to go by",
    "mount -t cgroup2 none /sys/fs/cgroup",
  );
}

function trial({ linux }: Patient, command: TraceCommandName, flavour: Flavour): Check {
  const id = `trial.${command}.${flavour}`;
  const title = `${command} with ${flavour}`;
  const result = linux.trials.find((one) => one.command === command && one.flavour === flavour);
  if (result === undefined) return unknown(id, title, `not tried: ${whyNotTried(linux)}`);
  if (result.error === null) return ok(id, title, "loaded and attached");
  const otherWorks = linux.trials.some((one) => one.command === command && one.error === null);
  return otherWorks ? warn(id, title, result.error, null) : fail(id, title, result.error, null);
}

function whyNotTried({ libbpf: found, missingCapabilities }: LinuxFacts): string {
  if (found === null) return "Bun is too old";
  return "problem" in found ? "there is no libbpf" : areMissing(missingCapabilities);
}
