/** All that is to be true in every kernel; the parameter is the kernel's release. */
import { CYCLE_CHECKS } from "./attach-cycles.ts";
import { basicChecks } from "./basics.ts";
import { COVERAGE_CHECKS } from "./coverage.ts";
import { COUNT_CHECKS } from "./exact-counts.ts";
import { OBJECT_CHECKS } from "./load-objects.ts";
import { LOADER_CHECKS } from "./loader-tests.ts";
import { reportChecks } from "./report.ts";
import { SLOW_CHECKS } from "./slow-events.ts";
import { WAIT_CHECKS } from "./softirq-waits.ts";
import { SYSTEM_CHECKS } from "./system-counts.ts";
import { VICTIM_CHECKS } from "./victim-rows.ts";

const [release = ""] = process.argv.slice(2);

await reportChecks([
  ...basicChecks(release),
  ...OBJECT_CHECKS,
  ...COUNT_CHECKS,
  ...WAIT_CHECKS,
  ...SYSTEM_CHECKS,
  ...VICTIM_CHECKS,
  ...SLOW_CHECKS,
  ...COVERAGE_CHECKS,
  ...CYCLE_CHECKS,
  ...LOADER_CHECKS,
]);
