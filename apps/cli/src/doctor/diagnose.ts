import type { Flavour } from "../invocation.ts";
import { TRACE_COMMAND_NAMES, type TraceCommandName } from "../trace-commands.ts";
import { type Check, fail, patientOf } from "./check.ts";
import type { DoctorFacts, LinuxFacts } from "./doctor-facts.ts";
import { kernelChecks } from "./kernel-checks.ts";
import { PRIVILEGE_IDS, privilegeChecks } from "./privilege-checks.ts";
import { bun, tracingChecks } from "./tracing-checks.ts";

export interface Diagnosis {
  /** Whether every command does. */
  readonly works: boolean;
  readonly commands: readonly Prospect[];
  /** Whether what stands in the way is a matter of privileges alone. */
  readonly lacksPrivilegesAlone: boolean;
  readonly checks: readonly Check[];
}

/** What is to be expected of a command. */
export interface Prospect {
  readonly name: TraceCommandName;
  readonly works: boolean;
  /** The program flavour that it uses; null where it does not work. */
  readonly flavour: Flavour | null;
}

/** Makes up its mind about what was found. */
export function diagnose(
  facts: DoctorFacts,
  person: { readonly userId: number; readonly program: readonly string[] },
): Diagnosis {
  const checks = checksOf(facts, person);
  const commands = TRACE_COMMAND_NAMES.map((name) => prospectOf(name, facts.linux));
  // A trial fails for one of the other reasons.
  const failed = checks.filter(({ id, status }) => status === "fail" && !id.startsWith("trial."));
  return {
    works: commands.every(({ works }) => works),
    commands,
    lacksPrivilegesAlone: failed.length > 0 && failed.every(({ id }) => PRIVILEGE_IDS.includes(id)),
    checks,
  };
}

function checksOf(
  facts: DoctorFacts,
  person: { readonly userId: number; readonly program: readonly string[] },
): readonly Check[] {
  const { linux, platform } = facts;
  if (linux === null) {
    const remedy = "Run on a Linux machine: interrupts of another system cannot be traced with BPF.";
    return [fail("kernel", "kernel", `of ${platform}, not Linux`, remedy), bun(facts.bunVersion)];
  }
  const patient = patientOf(facts, linux, person);
  const checks = [...kernelChecks(patient), ...privilegeChecks(patient), ...tracingChecks(patient)];
  return hasProof(linux) ? checks.map(overruled) : checks;
}

/** Only a trial shows that a command works; where none was made, something that it takes is missing. */
function prospectOf(name: TraceCommandName, linux: LinuxFacts | null): Prospect {
  const flavour = linux?.trials.find((trial) => trial.command === name && trial.error === null)?.flavour ?? null;
  return { name, works: flavour !== null, flavour };
}

function hasProof(linux: LinuxFacts): boolean {
  return TRACE_COMMAND_NAMES.every((name) => prospectOf(name, linux).works);
}

/** What was loaded and attached proves more than any other sign. */
function overruled(check: Check): Check {
  return check.status === "fail" ? { ...check, status: "warn" } : check;
}
