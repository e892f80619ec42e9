import type { Invocation } from "../invocation.ts";
import type { RowField } from "../report.ts";

const TIME_FIELDS: readonly RowField[] = ["totalNs", "avgNs", "maxNs", "p50Ns", "p90Ns", "p99Ns", "p999Ns"];

/** The fields of a row in JSON and CSV, in their order: one list, so that both formats carry the same facts. */
export function rowFields(
  invocation: Pick<Invocation, "command" | "perCpu" | "matrix" | "measure" | "classes" | "self">,
): readonly RowField[] {
  return [
    ...invocation.command.identity,
    ...(invocation.classes === undefined ? [] : (["vector", "handler"] as const)),
    "name",
    ...(invocation.perCpu ? (["cpu"] as const) : []),
    ...(invocation.matrix ? (["affinity", "effectiveAffinity", "node"] as const) : []),
    "count",
    ...(invocation.measure === "time" ? TIME_FIELDS : []),
    ...(invocation.self ? (["selfNs"] as const) : []),
    ...invocation.command.outcomes,
  ];
}
