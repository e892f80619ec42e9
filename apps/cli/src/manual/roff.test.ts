import { expect, test } from "bun:test";
import { line, literal, sentence } from "./roff.ts";

test("what is to be typed has no sign that a formatter may make another of", () => {
  expect(literal("-'\"`^~\\ a.b")).toBe("\\-\\(aq\\(dq\\(ga\\(ha\\(ti\\e a.b");
});

test("in a sentence the dashes of options are to be typed, and hyphens are hyphens", () => {
  expect(sentence("per-CPU rows with --per-cpu, -C or (--no-dist); 0-3")).toBe(
    "per-CPU rows with \\-\\-per\\-cpu, \\-C or (\\-\\-no\\-dist); 0-3",
  );
});

test("between backticks all is literal and bold", () => {
  expect(sentence("run `a-b 'c'` now")).toBe("run \\fBa\\-b \\(aqc\\(aq\\fP now");
});

test("no text can begin a request", () => {
  expect(line(".br")).toBe("\\&.br");
  expect(line("'br")).toBe("\\&'br");
  expect(line("a.br")).toBe("a.br");
});
