import type { FlagValues } from "./trace-flags.ts";

/** A command line taken apart; its values are not yet checked against each other. */
export interface ParsedCommand {
  readonly name: string;
  /** As many as were given. */
  readonly parameters: readonly string[];
  readonly flags: FlagValues;
}
