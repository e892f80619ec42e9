import type { Flavour } from "../invocation.ts";

/** A checked command line of `irqtrace coverage`. */
export interface CoverageInvocation {
  readonly durationMs: number;
  readonly format: "table" | "json";
  readonly flavour: Flavour | undefined;
  readonly verbose: boolean;
}
