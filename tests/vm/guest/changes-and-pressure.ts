/** Devices, CPUs and clocks that change during a trace, and too much of everything. */
import { CHANGE_CHECKS } from "./device-changes.ts";
import { PRESSURE_CHECKS } from "./pressure.ts";
import { reportChecks } from "./report.ts";

await reportChecks([...CHANGE_CHECKS, ...PRESSURE_CHECKS]);
