import { existsSync } from "node:fs";
import { EACCES, EINVAL, ENOENT, EOPNOTSUPP, EPERM } from "./errno-table.ts";
import { BpfError, type BpfErrorDetails, UnsupportedKernelError } from "./errors.ts";
import { permissionHint } from "./permission-hint.ts";

/** What is there to attach to, besides what libbpf says. */
export interface AttachFacts {
  /** Whether tracefs is mounted, where libbpf looks tracepoints up. */
  readonly hasTracefs: boolean;
  /** Whether the kernel was built with kprobes. */
  readonly hasKprobes: boolean;
}

// libbpf 1.x's own words.
const CLASSIC_TRACEPOINT = /failed to determine tracepoint '([^']+)' perf event ID/;
const RAW_TRACEPOINT = /failed to attach to raw tracepoint '([^']+)'/;
const KPROBE = /failed to create (kprobe|kretprobe) '([^'+]+)[^']*' perf event/;
const UNSPECIFIED = /missing '[^']*' specification/;

/** Makes the error of a failed attach out of what libbpf said of a program in this section. */
export function explainAttachFailure(
  details: BpfErrorDetails,
  section: string,
  facts: AttachFacts = readAttachFacts(),
): BpfError {
  const { errno } = details;
  const log = (details.libbpfLog ?? []).join("\n");
  if (errno === EPERM || errno === EACCES) return new BpfError({ ...details, hint: permissionHint() });
  const isAbsent = errno === ENOENT || errno === EINVAL;
  const tracepoint = CLASSIC_TRACEPOINT.exec(log)?.[1];
  if (isAbsent && tracepoint !== undefined) return absentTracepoint(details, tracepoint.replace("/", ":"), facts);
  const raw = RAW_TRACEPOINT.exec(log)?.[1];
  if (isAbsent && raw !== undefined) return absent(details, `tracepoint ${raw}`);
  const probe = KPROBE.exec(log);
  if (isAbsent && probe !== null) {
    return absent(details, facts.hasKprobes ? `function ${probe[2]} to probe` : "kprobes (CONFIG_KPROBES)");
  }
  if (errno === EOPNOTSUPP || UNSPECIFIED.test(log)) {
    const why = `its section "${section}" does not say what to attach it to`;
    return new BpfError({ ...details, why, hint: "Name the programs to attach with attach({ only: [ … ] })." });
  }
  return new BpfError(details);
}

function absentTracepoint(details: BpfErrorDetails, tracepoint: string, facts: AttachFacts): BpfError {
  if (facts.hasTracefs) return absent(details, `tracepoint ${tracepoint}`);
  const why = `the tracepoint ${tracepoint} is looked up in tracefs, which is not mounted`;
  return new BpfError({ ...details, why, hint: "Mount it: mount -t tracefs tracefs /sys/kernel/tracing" });
}

function absent(details: BpfErrorDetails, feature: string): UnsupportedKernelError {
  return new UnsupportedKernelError({
    ...details,
    why: `this kernel has no ${feature}`,
    hint: "Leave the program out with configure({ programs: { … : false } }), or use another kernel.",
    feature,
    minimumVersion: null,
  });
}

function readAttachFacts(): AttachFacts {
  return {
    hasTracefs: existsSync("/sys/kernel/tracing/events") || existsSync("/sys/kernel/debug/tracing/events"),
    hasKprobes: existsSync("/sys/bus/event_source/devices/kprobe"),
  };
}
