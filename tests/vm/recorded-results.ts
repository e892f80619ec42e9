import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Figures } from "./console-protocol.ts";
import type { GuestRun } from "./guest.ts";
import type { StoredKernel } from "./kernel-store.ts";
import { REPOSITORY } from "./kernel-store.ts";
import { MATRIX_KERNELS } from "./kernels.ts";
import { kernelsTable } from "./kernels-table.ts";

/** What the matrix measured in one guest when its results were last recorded. */
export interface RecordedGuest {
  readonly id: string;
  readonly release: string;
  readonly version: string;
  readonly results: readonly { readonly name: string; readonly figures: Figures }[];
}

const DOCUMENT = `${REPOSITORY}/docs/kernels.md`;
const [TABLE_START, TABLE_END] = ["<!-- table of results: written by tests -->", "<!-- end of the table -->"] as const;

function recordPath(id: string): string {
  return `${import.meta.dirname}/recorded/${id}.json`;
}

/** In the order of the matrix, those that have been recorded. */
export function recordedGuests(): readonly RecordedGuest[] {
  return MATRIX_KERNELS.map(({ id }) => recordPath(id))
    .filter((path) => existsSync(path))
    .map((path): RecordedGuest => JSON.parse(readFileSync(path, "utf8")));
}

/** With IRQTRACE_VM_RECORD=1, keeps what was measured and writes the document's table; else sees that the record has the same checks. */
export function recordResults({ kernel, release, version }: StoredKernel, run: GuestRun): void {
  const results = run.results.flatMap(({ name, figures }) => (figures === undefined ? [] : [{ name, figures }]));
  if (process.env["IRQTRACE_VM_RECORD"] === "1") {
    const record: RecordedGuest = { id: kernel.id, release, version, results };
    mkdirSync(`${import.meta.dirname}/recorded`, { recursive: true });
    writeFileSync(recordPath(kernel.id), `${JSON.stringify(record, null, 2)}\n`);
    writeFileSync(DOCUMENT, documentWith(kernelsTable(recordedGuests())));
    return;
  }
  const recorded = recordedGuests().find(({ id }) => id === kernel.id)?.results ?? [];
  const [now, then] = [results, recorded].map((list) => list.map(({ name }) => name).join("\n"));
  if (now !== then)
    throw new Error(`The record of ${kernel.id} is of other checks. Renew it with IRQTRACE_VM_RECORD=1.`);
}

/** The document with its table replaced. */
export function documentWith(table: string): string {
  const text = readFileSync(DOCUMENT, "utf8");
  const [start, end] = [text.indexOf(TABLE_START), text.indexOf(TABLE_END)];
  if (start === -1 || end < start) throw new Error(`${DOCUMENT} has no place for the table.`);
  return `${text.slice(0, start)}${TABLE_START}\n\n${table}\n${text.slice(end)}`;
}

export function currentDocument(): string {
  return readFileSync(DOCUMENT, "utf8");
}
