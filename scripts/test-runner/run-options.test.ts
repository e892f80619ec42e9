import { expect, test } from "bun:test";
import { parseRunOptions } from "./run-options.ts";
import { SUITE_NAMES } from "./suites.ts";

test("without words every suite runs, and no check", () => {
  expect(parseRunOptions([])).toEqual({ suites: SUITE_NAMES, checks: false, paths: [], vm: null, force: false });
});

test("--vm takes the word behind it as a kernel, unless that is a path", () => {
  expect(parseRunOptions(["--vm", "6.12"])).toMatchObject({ suites: ["vm"], vm: "6.12", paths: [] });
  expect(parseRunOptions(["--vm"])).toMatchObject({ suites: ["vm"], vm: "all", paths: [] });
  expect(parseRunOptions(["--vm", "tests/vm/faults.test.ts"])).toMatchObject({
    vm: "all",
    paths: ["tests/vm/faults.test.ts"],
  });
});

test("--checks alone runs no test, --everything runs all", () => {
  expect(parseRunOptions(["--checks"])).toMatchObject({ suites: [], checks: true });
  expect(parseRunOptions(["--checks", "--unit"])).toMatchObject({ suites: ["unit"], checks: true });
  expect(parseRunOptions(["--everything"])).toMatchObject({ suites: SUITE_NAMES, checks: true, vm: "all" });
});

test("other words are paths", () => {
  expect(parseRunOptions(["packages/decode", "--force"])).toMatchObject({ paths: ["packages/decode"], force: true });
});

test("an unknown option is refused by name", () => {
  expect(() => parseRunOptions(["--units"])).toThrow('Unknown option "--units".');
});

test("help is asked for in two ways", () => {
  expect([parseRunOptions(["-h"]), parseRunOptions(["--unit", "--help"])]).toEqual(["help", "help"]);
});
