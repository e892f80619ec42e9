import { describe, expect, test } from "bun:test";
import hardirqsSchema from "@irqtrace/hardirqs/report.schema.json" with { type: "json" };
import softirqsSchema from "@irqtrace/softirqs/report.schema.json" with { type: "json" };
import { main } from "./main.ts";
import { FakeEnvironment } from "./testing/fake-environment.ts";
import { strict, validator } from "./testing/json-schema.ts";
import { scriptOf, waited } from "./testing/scripts.ts";

const script = scriptOf(waited("thread"));
/** So short a tick that the timer's and the scheduler's waits are longer. */
const machine = { onlineCpus: [0, 1], tickNs: 20_000 };
const LATE_TIMER = "timer: 1 of 100 runs waited for 0.033 ms or longer, of 990 (above a tick, 0.02 ms).";
const LATE_SCHED = "sched: 1 of 100 runs waited for 0.041 ms or longer, of 600 (above a tick, 0.02 ms).";

/** What the trace writes when it is stopped at once, or has ended by itself. */
async function outputOf(words: string): Promise<string> {
  const environment = new FakeEnvironment({ script, machine });
  const ended = main(words.split(" "), environment);
  while (environment.opened.length === 0) await Bun.sleep(1);
  environment.send("SIGINT");
  expect(await ended).toBe(0);
  expect(environment.errorText).toBe("");
  return environment.outputText;
}

const findingLines = (text: string): readonly string[] =>
  text.split("\n").filter((line) => line.startsWith("finding: "));

describe("findings", () => {
  test("end the summary of a trace that was stopped", async () => {
    const text = await outputOf("softirqs --latency");
    expect(text).toEndWith(`finding: ${LATE_TIMER}\nfinding: ${LATE_SCHED}\n`);
    expect(findingLines(await outputOf("softirqs --latency --dist"))).toHaveLength(2);
  });

  test("are of all rows whose name matches, also of those that --top leaves out", async () => {
    expect(findingLines(await outputOf("softirqs --latency --top 1"))).toHaveLength(2);
    expect(findingLines(await outputOf("softirqs --latency --name sched"))).toEqual([`finding: ${LATE_SCHED}`]);
  });

  test("are in no summary with --no-findings, and in the reports of intervals only with --findings", async () => {
    expect(findingLines(await outputOf("softirqs --latency --no-findings"))).toEqual([]);
    expect(findingLines(await outputOf("softirqs 1 1 --latency"))).toEqual([]);
    expect(findingLines(await outputOf("softirqs 1 1 --latency --findings"))).toHaveLength(2);
  });

  test("are in JSON when they are asked for, as its schema says", async () => {
    expect(JSON.parse(await outputOf("softirqs --latency --json"))).not.toHaveProperty("findings");
    const report = JSON.parse(await outputOf("softirqs --latency --json --findings"));
    expect(report.findings).toMatchObject([
      { rule: "late-softirq", sentence: LATE_TIMER, threshold: 1, evidence: { source: "timer", tickNs: 20_000 } },
      { rule: "late-softirq", sentence: LATE_SCHED },
    ]);
    for (const schema of [softirqsSchema, hardirqsSchema]) {
      const validate = validator(strict(schema)["properties"].findings);
      expect(validate(report.findings)).toBe(true);
      expect(validate([{ ...report.findings[0], evidence: { source: null } }])).toBe(false);
    }
    expect(validator(strict(softirqsSchema))(report)).toBe(true);
  });

  test("are none where there is nothing to be found", async () => {
    const environment = new FakeEnvironment({ script: scriptOf([]), machine });
    await main(["hardirqs", "1", "1", "--findings", "--json"], environment);
    expect(JSON.parse(environment.outputText).findings).toEqual([]);
  });
});
