import type { Invocation } from "../invocation.ts";
import type { ReportPlaces, ReportRow } from "../report.ts";

/** Fields of waits in JSON, in their order. */
export const WAIT_TIME_FIELDS = ["count", "totalNs", "avgNs", "maxNs", "p50Ns", "p90Ns", "p99Ns", "p999Ns"] as const;

const PLACE_FIELDS: readonly (keyof ReportPlaces)[] = [
  "ksoftirqd",
  "ktimers",
  "interruptExit",
  "bhEnable",
  "inline",
  "unknown",
];

/** What decides whether there are waits. */
export type Waits = Pick<Invocation, "latency">;

/** What --latency adds to a row of JSON: objects in the row. */
export function waitMembers({ latency }: Waits, row: ReportRow, distribution: boolean): object {
  const waited = row.latency;
  if (!latency || waited === undefined) return {};
  return {
    latency: {
      ...Object.fromEntries(WAIT_TIME_FIELDS.map((field) => [field, waited[field]])),
      ...(distribution ? { histogram: waited.histogram.buckets() } : {}),
    },
    unmatchedRaise: row.unmatchedRaise,
    places: row.places,
  };
}

/** The same as columns of CSV, with names that are in no other use: latencyCount, unmatchedRaise, placeKsoftirqd. */
export function waitColumns({ latency }: Waits): readonly string[] {
  if (!latency) return [];
  return [
    ...WAIT_TIME_FIELDS.map((field) => `latency${capitalised(field)}`),
    "unmatchedRaise",
    ...PLACE_FIELDS.map((field) => `place${capitalised(field)}`),
  ];
}

/** The cells of these columns; a place that was not told apart has none. */
export function waitCells({ latency }: Waits, row: ReportRow): readonly (number | undefined)[] {
  if (!latency) return [];
  return [
    ...WAIT_TIME_FIELDS.map((field) => row.latency?.[field]),
    row.unmatchedRaise,
    ...PLACE_FIELDS.map((field) => row.places?.[field]),
  ];
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
