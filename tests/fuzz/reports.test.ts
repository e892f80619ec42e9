import { describe, expect } from "bun:test";
import { Histogram } from "@irqtrace/decode";
import fc from "fast-check";
import { parseCommandLine } from "../../apps/cli/src/parse-command-line.ts";
import { createCsvRenderer } from "../../apps/cli/src/renderers/csv.ts";
import { createJsonRenderer } from "../../apps/cli/src/renderers/json.ts";
import { rowFields } from "../../apps/cli/src/renderers/row-fields.ts";
import type { Report, ReportRow } from "../../apps/cli/src/report.ts";
import { strict, validator } from "../../apps/cli/src/testing/json-schema.ts";
import { timedRow } from "../../apps/cli/src/testing/scripts.ts";
import hardirqsSchema from "../../packages/hardirqs/schema/report.schema.json" with { type: "json" };
import softirqsSchema from "../../packages/softirqs/schema/report.schema.json" with { type: "json" };
import { anyName, NO_CONTROL } from "./any-name.ts";
import { fuzz } from "./fuzz.ts";

const SURFACE = { isTTY: false, columns: undefined, utcOffsetMinutes: () => 0 };
const SUBJECTS = [
  { command: "hardirqs", schema: hardirqsSchema },
  { command: "softirqs", schema: softirqsSchema },
];

const samples = fc.array(fc.oneof(fc.nat({ max: 5_000 }), fc.nat({ max: 2 ** 40 })), { minLength: 1, maxLength: 20 });
const number = fc.oneof(fc.nat({ max: 300 }), fc.constant(2 ** 32 - 1));
const row = fc.record({
  name: anyName,
  samples,
  irq: number,
  action: number,
  vector: fc.nat({ max: 9 }),
  cpu: number,
  unhandled: number,
  wakeThread: number,
});
const report = fc.record({
  start: fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }),
  lengthNs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  lost: fc.record({ unmatched: number, tableFull: number, recursionMisses: fc.option(number) }),
  rows: fc.array(row, { maxLength: 4 }),
});
const words = fc
  .subarray(["--dist", "--per-cpu"])
  .chain((some) => fc.constantFrom(some, ["--count", ...some.filter((each) => each !== "--dist")]));

function rowsOf(rows: readonly { name: string; samples: readonly number[] }[], isTimed: boolean): ReportRow[] {
  return rows.map(({ samples: durations, ...label }) =>
    isTimed
      ? timedRow({ class: "device", ...label }, durations)
      : { class: "device", ...label, count: durations.length },
  );
}

/** Records and cells of RFC 4180 text, read sign by sign. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  const record: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (isQuoted && sign === '"' && text[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted || (sign !== "," && sign !== "\n")) cell += sign;
    else {
      record.push(cell);
      cell = "";
      if (sign === "\n") records.push(record.splice(0));
    }
  }
  expect([isQuoted, cell, record]).toEqual([false, "", []]);
  return records;
}

describe.each(SUBJECTS)("reports of $command", ({ command, schema }) => {
  const validate = validator(strict(schema));

  fuzz(
    `${command}: a line of JSON is as the schema says and parses back to the report`,
    3_000,
    fc.tuple(report, words),
    async (input) => {
      const [{ rows, ...frame }, some] = input;
      const request = await parseCommandLine([command, "1", "--json", ...some], {
        columns: () => 80,
        possibleCpus: async () => [0],
      });
      if (request.kind !== "trace") throw new Error("The words are no request to trace.");
      const { invocation } = request;
      const { unmatched, ...counted } = frame.lost;
      const isTimed = invocation.measure === "time";
      const lost = isTimed ? { unmatched, ...counted } : counted;
      const whole: Report = { ...frame, lost, rows: rowsOf(rows, isTimed) };
      const text = createJsonRenderer(invocation, SURFACE)(whole);
      expect(text).toMatch(NO_CONTROL);
      const parsed = JSON.parse(text);
      validate(parsed);
      expect(validate.errors).toBeNull();
      expect({ ...parsed, rows: parsed.rows.length }).toEqual({
        schema: invocation.command.schema,
        start: frame.start.toISOString(),
        intervalNs: frame.lengthNs,
        lost,
        rows: rows.length,
      });
      const fields = rowFields(invocation);
      for (const [index, parsedRow] of parsed.rows.entries()) {
        const { histogram, ...values } = parsedRow;
        const expected = whole.rows[index];
        expect(values).toEqual(Object.fromEntries(fields.map((field) => [field, expected?.[field]])));
        expect(histogram !== undefined).toBe(invocation.distribution);
        if (histogram !== undefined)
          expect(Histogram.fromBuckets(histogram)).toEqual(Histogram.fromSamples(rows[index]?.samples ?? []));
      }
    },
  );

  fuzz(`${command}: lines of CSV read back to the rows`, 2_000, report, async ({ rows, ...frame }) => {
    const request = await parseCommandLine([command, "1", "--format", "csv"], {
      columns: () => 80,
      possibleCpus: async () => [0],
    });
    if (request.kind !== "trace") throw new Error("The words are no request to trace.");
    const whole: Report = {
      ...frame,
      lost: { ...frame.lost, tableFull: 0, unmatched: 0, recursionMisses: 0 },
      rows: rowsOf(rows, true),
    };
    const [header = [], ...records] = readCsv(createCsvRenderer(request.invocation, SURFACE)(whole));
    expect(records).toHaveLength(rows.length);
    const fields = rowFields(request.invocation);
    for (const [index, record] of records.entries()) {
      expect(record).toHaveLength(header.length);
      const expected = whole.rows[index];
      for (const field of fields) expect(record[header.indexOf(field)]).toBe(String(expected?.[field]));
    }
  });
});
