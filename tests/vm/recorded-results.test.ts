import { expect, test } from "bun:test";
import { MATRIX_KERNELS } from "./kernels.ts";
import { kernelsTable } from "./kernels-table.ts";
import { currentDocument, documentWith, recordedGuests } from "./recorded-results.ts";

test("every guest of the matrix has recorded results, and they are good", () => {
  const guests = recordedGuests();
  expect(guests.map(({ id }) => id)).toEqual(MATRIX_KERNELS.map(({ id }) => id));
  for (const { results } of guests) {
    expect(results.length).toBeGreaterThan(0);
    for (const { figures } of results) expect(figures["deviation"] ?? 0).toBeLessThanOrEqual(figures["missed"] ?? 0);
  }
});

test("the document's table is of the recorded results", () => {
  expect(currentDocument()).toBe(documentWith(kernelsTable(recordedGuests())));
});
