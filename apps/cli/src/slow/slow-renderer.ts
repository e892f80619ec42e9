import type { SlowEvent, SlowLost } from "@irqtrace/interrupts";
import type { Surface } from "../renderers/renderer.ts";
import type { SlowInvocation } from "./slow-invocation.ts";

/** What the end of a trace tells. */
export interface SlowEnd {
  readonly date: Date;
  readonly overNs: number;
  readonly lost: SlowLost;
}

/** Texts of whole lines. */
export interface SlowRenderer {
  /** Before the first event; may be empty. */
  readonly header: string;
  event(event: SlowEvent): string;
  /** After the last one; may be empty. */
  end(end: SlowEnd): string;
}

/** Loads the one renderer that is needed. */
export async function loadSlowRenderer(invocation: SlowInvocation, surface: Surface): Promise<SlowRenderer> {
  if (invocation.format === "json") return (await import("./slow-json.ts")).createSlowJson();
  return (await import("./slow-table.ts")).createSlowTable(invocation, surface);
}
