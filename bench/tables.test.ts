import { expect, test } from "bun:test";
import { spreadOf } from "./statistics.ts";
import { barTable, spreadCells, table } from "./tables.ts";

test("columns are as wide as their widest cell, the first to the left", () => {
  expect(
    table(
      ["what", "ms"],
      [
        ["a", "1.5"],
        ["longer", "10.25"],
      ],
    ),
  ).toBe("what       ms\na         1.5\nlonger  10.25\n");
});

test("an empty cell at the end leaves no blanks", () => {
  expect(table(["a", "bb"], [["c", ""]])).toBe("a  bb\nc\n");
});

test("a spread is shown as median, min and max", () => {
  expect(spreadCells(spreadOf([1, 2, 4]), 1)).toEqual(["2.0", "1.0", "4.0"]);
});

test("each bar says whether it is met", () => {
  const lines = barTable([
    { what: "good", limit: 2, measured: spreadOf([1]) },
    { what: "bad", limit: 2, measured: spreadOf([3]) },
    { what: "rate", limit: 1_000, isLeast: true, measured: spreadOf([2_000]) },
    { what: "gone", limit: 2, measured: null },
  ]).split("\n");
  expect(lines[1]).toMatch(/^good +at most 2 +1\.00 +1\.00 +1\.00 +met$/);
  expect(lines[2]).toMatch(/^bad +at most 2 .* NOT MET$/);
  expect(lines[3]).toMatch(/^rate +at least 1000 +2000 +2000 +2000 +met$/);
  expect(lines[4]).toMatch(/^gone +at most 2 +- +- +- +not measured$/);
});
