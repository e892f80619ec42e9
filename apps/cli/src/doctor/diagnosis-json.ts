import { escapeControlInJson } from "../escape-control.ts";
import type { Diagnosis } from "./diagnose.ts";

export const DOCTOR_SCHEMA = "irqtrace.doctor/1";

/** One object on a line, as the package's doctor.schema.json describes it. */
export function diagnosisJson({ works, commands, checks }: Diagnosis, version: string): string {
  return `${escapeControlInJson(JSON.stringify({ schema: DOCTOR_SCHEMA, version, works, commands, checks }))}\n`;
}
