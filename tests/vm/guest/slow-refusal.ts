/** For kernels in which slow events are not safe. */
import { reportChecks } from "./report.ts";
import { REFUSAL_CHECKS } from "./slow-events.ts";

await reportChecks(REFUSAL_CHECKS);
