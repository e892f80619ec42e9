import { expect, test } from "bun:test";
import { parsePlainWords } from "./parse-plain-words.ts";
import { UsageError } from "./usage-error.ts";

test("a command, its parameters and its flags are read wherever they stand", () => {
  const words = ["hardirqs", "--per-cpu", "100ms", "-d", "--top", "3", "5", "--no-findings", "--cpu", "0-3"];
  expect(parsePlainWords(words)).toEqual({
    name: "hardirqs",
    parameters: ["100ms", "5"],
    flags: { perCpu: true, dist: true, top: 3, findings: false, cpu: "0-3" },
  });
});

test("a flag that may be repeated keeps all its values, another one the last", () => {
  const parsed = parsePlainWords(["softirqs", "--name", "net_*", "--name", "sched", "--top", "1", "--top", "2"]);
  expect(parsed?.flags.name?.map((matches) => [matches("net_rx"), matches("sched")])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(parsed?.flags.top).toBe(2);
});

test.each([
  [[]],
  [["--help"]],
  [["hardirq"]],
  [["hardirqs", "--help"]],
  [["hardirqs", "-V"]],
  [["hardirqs", "-dN"]],
  [["hardirqs", "--top=3"]],
  [["hardirqs", "--", "1"]],
  [["hardirqs", "-1"]],
  [["hardirqs", "--latency"]],
  [["hardirqs", "--top"]],
  [["hardirqs", "1", "2", "3"]],
  [["completion"]],
])("%j is left to commander", (words) => {
  expect(parsePlainWords(words)).toBeUndefined();
});

test("a wrong value is refused at once, and so is a flag for a value", () => {
  expect(() => parsePlainWords(["hardirqs", "--top", "0"])).toThrow(UsageError);
  expect(() => parsePlainWords(["hardirqs", "--name", "--json"])).toThrow("--name: got no value before --json");
});
