import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SortKey } from "./invocation.ts";
import type { ReportRow } from "./report.ts";
import { selectRows } from "./select-rows.ts";
import { TRACE_COMMANDS } from "./trace-commands.ts";

const hardirqs = {
  command: TRACE_COMMANDS.hardirqs,
  matchesName: () => true,
  sort: "total" as SortKey,
  top: undefined,
};

function row(irq: number, action: number, totalNs: number, cpu?: number): ReportRow {
  return { class: "device", irq, action, name: "eth0", ...(cpu === undefined ? {} : { cpu }), count: 1, totalNs };
}

describe("rows", () => {
  test("of one size come in the order of irq, action and CPU, however they arrive", () => {
    const ordered = [
      row(3, 0, 9),
      row(1, 0, 5),
      row(1, 1, 5, 0),
      row(1, 1, 5, 1),
      row(1, 1, 5, 10),
      row(2, 0, 5),
      row(10, 0, 5),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(ordered, { minLength: ordered.length }), (shuffled) => {
        expect(selectRows(shuffled, hardirqs)).toEqual(ordered);
      }),
    );
  });

  test("of a sort by name come by irq where names are equal", () => {
    const rows = [row(7, 0, 1), row(5, 0, 99)];
    expect(selectRows(rows, { ...hardirqs, sort: "name" }).map(({ irq }) => irq)).toEqual([5, 7]);
  });

  test("are filtered before the first are taken", () => {
    const rows = [row(1, 0, 3), row(2, 0, 2), row(3, 0, 1)].map((each) => ({ ...each, name: `eth${each.irq}` }));
    const selected = selectRows(rows, { ...hardirqs, top: 1, matchesName: (name) => name !== "eth1" });
    expect(selected.map(({ irq }) => irq)).toEqual([2]);
  });

  test("of the tracer are left in their order", () => {
    const rows = Object.freeze([row(1, 0, 1), row(2, 0, 2)]);
    expect(selectRows(rows, hardirqs).map(({ irq }) => irq)).toEqual([2, 1]);
    expect(rows.map(({ irq }) => irq)).toEqual([1, 2]);
  });
});
