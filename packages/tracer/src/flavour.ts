import { hasTracepointBtf, UnsupportedKernelError } from "@irqtrace/loader";
import type { Flavour } from "./options.ts";

const ESRCH = 3;

/**
 * The flavour to load: the one asked for, or tp_btf where the kernel's BTF describes all of the tracepoints.
 *
 * @throws UnsupportedKernelError if tp_btf is asked for and this kernel's BTF lacks a tracepoint.
 *
 * @example
 * ```ts
 * import { chooseFlavour } from "@irqtrace/tracer";
 *
 * console.log(chooseFlavour(undefined, ["no_such_tracepoint"])); // raw_tp
 * ```
 */
export function chooseFlavour(wanted: Flavour | undefined, tracepoints: readonly string[]): Flavour {
  if (wanted === "raw_tp") return "raw_tp";
  const missing = tracepoints.find((tracepoint) => !hasTracepointBtf(tracepoint));
  if (missing === undefined) return "tp_btf";
  if (wanted === undefined) return "raw_tp";
  throw new UnsupportedKernelError({
    operation: "attach as tp_btf to",
    what: missing,
    errno: ESRCH,
    why: "this kernel's BTF does not describe the tracepoint",
    hint: "Use raw_tp instead.",
    feature: `BTF of the tracepoint ${missing}`,
    minimumVersion: "5.5",
  });
}
