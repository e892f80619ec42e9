import type { ObjectSchema } from "@irqtrace/decode";
import { EACCES, EAGAIN, ENOSPC, EPERM } from "./errno-table.ts";
import { BpfError, type BpfErrorDetails, UnsupportedKernelError, VerifierError } from "./errors.ts";
import { type HostFacts, hostFacts } from "./host-facts.ts";
import { type KernelFeature, missingMapFeature, missingProgramFeature } from "./kernel-features.ts";
import { permissionHint } from "./permission-hint.ts";
import { summarizeVerifierLog } from "./verifier-log.ts";

/** What is known besides the error number. */
export interface LoadFailureContext {
  readonly schema: ObjectSchema;
  readonly verifierLog: string;
  /** Of the kernel that refused. */
  readonly facts?: HostFacts;
}

type Explanation = (details: BpfErrorDetails, context: LoadFailureContext) => BpfError | null;

// libbpf 1.x's own words; what they name is in no return value.
const ABSENT_TARGET = /prog '([^']+)': failed to find (?:kernel|module) BTF type ID of '([^']+)'/;
const ABSENT_BTF = /kernel BTF is missing|failed to find valid kernel BTF|Error loading vmlinux BTF/;
const FAILED_MAP = /map '([^']+)': failed to create/;
const REFUSED_PROGRAM = /prog '([^']+)': BPF program load failed/;
// The verifier's words from 5.14 to 6.9, and since.
const MEMORY_READER = /(?:unknown func|cannot use helper) bpf_probe_read/;
const TYPELESS_PROGRAM = /prog '([^']+)': missing BPF prog type/;

const EXPLANATIONS: readonly Explanation[] = [absentTarget, absentBtf, failedMap, refusedProgram, typelessProgram];

/** Makes the error of a failed load out of what libbpf and the verifier said. */
export function explainLoadFailure(details: BpfErrorDetails, context: LoadFailureContext): BpfError {
  for (const explanation of EXPLANATIONS) {
    const error = explanation(details, context);
    if (error !== null) return error;
  }
  return new BpfError(withPermissionHint(details));
}

function absentTarget(details: BpfErrorDetails, { schema }: LoadFailureContext): BpfError | null {
  const [program, target] = search(details, ABSENT_TARGET);
  if (program === undefined || target === undefined) return null;
  const section = sectionOf(schema, program);
  const tooOld = missingProgramFeature(section);
  const isTracepoint = section.includes("tp_btf");
  const feature = isTracepoint ? `BTF of the tracepoint ${target}` : `BTF of the function ${target}`;
  return unsupported(details, program, tooOld ?? { feature, minimumVersion: null }, leaveOut(program));
}

function absentBtf(details: BpfErrorDetails): BpfError | null {
  if (!(details.libbpfLog ?? []).some((line) => ABSENT_BTF.test(line))) return null;
  const hint = "Use a kernel built with CONFIG_DEBUG_INFO_BTF, as distributions have since 2020.";
  return new UnsupportedKernelError({
    ...details,
    why: "this kernel has no BTF of its own, which the object needs",
    hint,
    feature: "kernel BTF",
    minimumVersion: "5.4",
  });
}

function failedMap(details: BpfErrorDetails, { schema }: LoadFailureContext): BpfError | null {
  const [name] = search(details, FAILED_MAP);
  if (name === undefined) return null;
  const map = Object.hasOwn(schema.maps, name) ? schema.maps[name] : undefined;
  const tooOld = map === undefined ? null : missingMapFeature(map.kind);
  if (tooOld !== null) return unsupported(details, name, tooOld, "Use a newer kernel.");
  const hint =
    map?.maxEntries === 0
      ? `The object leaves its size open: give it one with configure({ maxEntries: { ${name}: … } }).`
      : details.hint;
  return new BpfError(withPermissionHint({ ...details, operation: "create the map", what: name, hint }));
}

function refusedProgram(details: BpfErrorDetails, { schema, verifierLog, facts }: LoadFailureContext): BpfError | null {
  const [program] = search(details, REFUSED_PROGRAM);
  if (program === undefined) return null;
  const named = { ...details, operation: "load the program", what: program };
  if (details.errno === EAGAIN) return interrupted(named);
  const summary = summarizeVerifierLog(verifierLog);
  if (summary === "") {
    const tooOld = missingProgramFeature(sectionOf(schema, program));
    if (tooOld !== null) return unsupported(details, program, tooOld, leaveOut(program));
    return new BpfError(withPermissionHint(named));
  }
  if (MEMORY_READER.test(summary) && (facts ?? hostFacts()).lockdown === "confidentiality") return lockedDown(named);
  return new VerifierError({
    ...named,
    why: `the kernel's verifier refused it: ${summary.replace(/\.$/, "")}`,
    hint: "The error's log has all of the verifier's output.",
    program,
    summary,
    log: verifierLog,
    truncated: details.errno === ENOSPC,
  });
}

/** The verifier stops at a signal; libbpf tries five times. */
function interrupted(details: BpfErrorDetails): BpfError {
  return new BpfError({
    ...details,
    why: "signals interrupted the kernel's check of it each time (EAGAIN)",
    hint: "Try again, without a profiler or timer that sends this process signals.",
  });
}

/** A locked-down kernel (from 5.14 on) answers as if it had never had the helpers. */
function lockedDown(details: BpfErrorDetails): UnsupportedKernelError {
  return new UnsupportedKernelError({
    ...details,
    why: "the kernel is locked down (confidentiality), which keeps programs from reading its memory",
    hint: "Boot it with lockdown=integrity or without lockdown.",
    feature: "programs that read the kernel's memory",
    minimumVersion: null,
  });
}

function typelessProgram(details: BpfErrorDetails, { schema }: LoadFailureContext): BpfError | null {
  const [program] = search(details, TYPELESS_PROGRAM);
  if (program === undefined) return null;
  const why = `libbpf does not know the section "${sectionOf(schema, program)}"`;
  const hint = `Use a newer libbpf, correct the name, or leave the program out: ${leaveOut(program)}`;
  return new BpfError({ ...details, operation: "load the program", what: program, why, hint });
}

function unsupported(
  details: BpfErrorDetails,
  what: string,
  { feature, minimumVersion }: KernelFeature | { readonly feature: string; readonly minimumVersion: null },
  hint: string,
): UnsupportedKernelError {
  const since = minimumVersion === null ? "" : `, which came with ${minimumVersion}`;
  return new UnsupportedKernelError({
    ...details,
    what,
    why: `this kernel has no ${feature}${since}`,
    hint,
    feature,
    minimumVersion,
  });
}

function leaveOut(program: string): string {
  return `Leave it out with configure({ programs: { ${program}: false } }).`;
}

function withPermissionHint(details: BpfErrorDetails): BpfErrorDetails {
  const isForbidden = details.errno === EPERM || details.errno === EACCES;
  return isForbidden ? { ...details, hint: permissionHint() } : details;
}

function sectionOf(schema: ObjectSchema, program: string): string {
  return Object.hasOwn(schema.programs, program) ? (schema.programs[program]?.section ?? "") : "";
}

function search(details: BpfErrorDetails, pattern: RegExp): readonly (string | undefined)[] {
  for (const line of details.libbpfLog ?? []) {
    const match = pattern.exec(line);
    if (match !== null) return match.slice(1);
  }
  return [];
}
