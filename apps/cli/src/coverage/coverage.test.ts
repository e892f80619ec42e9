import { describe, expect, test } from "bun:test";
import coverageSchema from "@irqtrace/interrupts/coverage.schema.json" with { type: "json" };
import { main } from "../main.ts";
import { COVERAGE, COVERAGE_CASES } from "../testing/coverage-cases.ts";
import { FakeEnvironment, type FakeSettings } from "../testing/fake-environment.ts";
import { expectGolden } from "../testing/golden.ts";
import { strict, validator } from "../testing/json-schema.ts";
import { scriptOf } from "../testing/scripts.ts";

async function run(words: string, settings: Partial<FakeSettings> = {}): Promise<FakeEnvironment> {
  const environment = new FakeEnvironment({ script: scriptOf([]), coverage: COVERAGE, ...settings });
  expect(await main(words.split(" "), environment)).toBe(0);
  return environment;
}

describe("irqtrace coverage", () => {
  test.each(COVERAGE_CASES)("prints $file", async ({ file, words, settings }) => {
    expectGolden(file, (await run(words, settings)).outputText);
  });

  test("prints JSON as its schema says", async () => {
    const validate = validator(strict(coverageSchema));
    validate(JSON.parse((await run("coverage --format json")).outputText));
    expect(validate.errors).toBeNull();
  });

  test("counts for a second, or for as long as it is told", async () => {
    const durationOf = async (words: string) => (await run(words)).openedCoverage[0]?.durationMs;
    expect(await durationOf("coverage")).toBe(1_000);
    expect(await durationOf("coverage 250ms --probe raw_tp")).toBe(250);
  });

  test("says on a terminal how to end it, and with --verbose what was loaded", async () => {
    expect((await run("coverage", { stderrIsTTY: true })).errorText).toBe("Counting interrupts... Ctrl-C to end.\n");
    const { errorText } = await run("coverage -v", { absentTracepoints: ["ipi_exit"] });
    expect(errorText).toContain("irqtrace: programs: entry_tp_btf, exit_tp_btf\n");
    expect(errorText).toContain("irqtrace: this kernel has no tracepoint ipi_exit\n");
  });
});
