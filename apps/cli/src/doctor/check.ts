import { quoteArgument } from "../quote-argument.ts";
import type { DoctorFacts, LinuxFacts } from "./doctor-facts.ts";
import { type KernelVersion, parseKernelVersion } from "./kernel-version.ts";

/** ok; fail: tracing cannot work; warn: it can, but something is missing or costs; unknown: it could not be found out. */
export const STATUSES = ["ok", "fail", "warn", "unknown"] as const;
export type Status = (typeof STATUSES)[number];

/** One line of the doctor's report. */
export interface Check {
  /** Stays the same in later versions. */
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly found: string;
  /** What to do; null where there is nothing to do. */
  readonly remedy: string | null;
}

/** What the checks go by. */
export interface Patient {
  readonly facts: DoctorFacts;
  readonly linux: LinuxFacts;
  readonly kernel: KernelVersion | null;
  readonly userId: number;
  /** The words that start irqtrace, as a shell reads them. */
  readonly program: string;
}

export function patientOf(
  facts: DoctorFacts,
  linux: LinuxFacts,
  { userId, program }: { readonly userId: number; readonly program: readonly string[] },
): Patient {
  const words = program.map(quoteArgument).join(" ");
  return { facts, linux, kernel: parseKernelVersion(linux.host.kernelRelease), userId, program: words };
}

export function ok(id: string, title: string, found: string): Check {
  return { id, title, status: "ok", found, remedy: null };
}

export function fail(id: string, title: string, found: string, remedy: string | null): Check {
  return { id, title, status: "fail", found, remedy };
}

export function warn(id: string, title: string, found: string, remedy: string | null): Check {
  return { id, title, status: "warn", found, remedy };
}

export function unknown(id: string, title: string, found: string): Check {
  return { id, title, status: "unknown", found, remedy: null };
}

/** "CAP_BPF and CAP_PERFMON are missing". */
export function areMissing(names: readonly string[]): string {
  return `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} missing`;
}
