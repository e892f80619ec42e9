import { expect, test } from "bun:test";
import { hardirqEvents, timed } from "../testing/scripts.ts";
import { matrixSources } from "./matrix-source.ts";

test("rows of one source are put together, and keep what each CPU had", () => {
  const rows = [...timed(hardirqEvents(0)), ...timed(hardirqEvents(3))];
  const sources = matrixSources(rows);
  expect(sources).toHaveLength(rows.length / 2);
  const [first] = sources;
  const [row] = rows;
  expect(first).toMatchObject({ name: row?.name, irq: row?.irq, count: 2 * (row?.count ?? 0), maxNs: row?.maxNs });
  expect(first?.totalNs).toBe(2 * (row?.totalNs ?? 0));
  expect([...(first?.byCpu.keys() ?? [])]).toEqual([0, 3]);
});

test("lines of one name stay apart, and so do the handlers of a shared line", () => {
  const same = { class: "device", name: "disk", cpu: 0, count: 1 };
  const rows = [
    { ...same, irq: 1, action: 0 },
    { ...same, irq: 2, action: 0 },
    { ...same, irq: 2, action: 1 },
  ];
  expect(matrixSources(rows)).toHaveLength(3);
});
