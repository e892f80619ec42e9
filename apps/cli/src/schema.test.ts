import { describe, expect, test } from "bun:test";
import hardirqsSchema from "@irqtrace/hardirqs/report.schema.json" with { type: "json" };
import softirqsSchema from "@irqtrace/softirqs/report.schema.json" with { type: "json" };
import { main } from "./main.ts";
import { FakeEnvironment } from "./testing/fake-environment.ts";
import { strict, validator } from "./testing/json-schema.ts";
import {
  allEvents,
  counted,
  exclusive,
  hardirqEvents,
  scriptOf,
  softirqEvents,
  timed,
  waited,
} from "./testing/scripts.ts";

const SCHEMAS = { hardirqs: hardirqsSchema, softirqs: softirqsSchema };
const EVENTS = { hardirqs: hardirqEvents, softirqs: softirqEvents };
const COST = { runTimeNs: 1_200_000, runCount: 8_000 };
const LOST = { unmatched: 1, tableFull: 2, recursionMisses: null };

for (const command of ["hardirqs", "softirqs"] as const) {
  const validate = validator(strict(SCHEMAS[command]));
  const expectValid = (text: string, reports: number): void => {
    const lines = text.split("\n").slice(0, -1);
    expect(lines).toHaveLength(reports);
    for (const line of lines) {
      validate(JSON.parse(line));
      expect(validate.errors).toBeNull();
    }
  };

  describe(`every JSON report of ${command} is as its schema says:`, () => {
    for (const words of [
      "",
      "--dist",
      "--per-cpu",
      "--per-cpu --dist --sort name",
      "--top 1",
      "--name nothing",
      "-N -T",
      "--cost",
    ]) {
      test(`with ${words || "no option"}`, async () => {
        const rows = timed(EVENTS[command](words.includes("--per-cpu") ? 3 : undefined));
        const environment = new FakeEnvironment({ script: scriptOf(rows, LOST, COST) });
        expect(await main([command, "1", "2", "--json", ...words.split(" ").filter(Boolean)], environment)).toBe(0);
        expectValid(environment.outputText, 2);
      });
    }

    test("with --self", async () => {
      const environment = new FakeEnvironment({ script: scriptOf(exclusive(timed(EVENTS[command]())), LOST) });
      expect(await main([command, "1", "1", "--json", "--self"], environment)).toBe(0);
      expectValid(environment.outputText, 1);
      expect(JSON.parse(environment.outputText).rows[0].selfNs).toBeGreaterThan(0);
    });

    if (command === "hardirqs") {
      test("with rows of every class, and of every CPU", async () => {
        const classes = new FakeEnvironment({ script: scriptOf(timed(allEvents()), LOST) });
        expect(await main([command, "1", "1", "--json", "--dist", "--class", "all"], classes)).toBe(0);
        expectValid(classes.outputText, 1);
        const matrix = new FakeEnvironment({ script: scriptOf(timed(hardirqEvents(3)), LOST) });
        expect(await main([command, "1", "1", "--json", "--matrix"], matrix)).toBe(0);
        expectValid(matrix.outputText, 1);
      });
    }

    test("with --cost that the kernel does not tell", async () => {
      const script = scriptOf(timed(EVENTS[command]()), LOST);
      const environment = new FakeEnvironment({ script, statisticsRefusal: "It may not." });
      expect(await main([command, "1", "1", "--json", "--cost"], environment)).toBe(0);
      expectValid(environment.outputText, 1);
      expect(JSON.parse(environment.outputText).cost).toMatchObject({ runTimeNs: null, processCpuNs: 5_000_000 });
    });

    test("with --count, where times and unmatched are absent", async () => {
      const { unmatched: _, ...lost } = LOST;
      const environment = new FakeEnvironment({ script: scriptOf(counted(EVENTS[command]()), lost) });
      expect(await main([command, "1", "1", "--json", "--count"], environment)).toBe(0);
      expectValid(environment.outputText, 1);
      const report = JSON.parse(environment.outputText);
      expect(Object.keys(report.lost)).toEqual(["tableFull", "recursionMisses"]);
      for (const row of report.rows) expect(Object.keys(row).filter((key) => key.endsWith("Ns"))).toEqual([]);
    });
  });

  describe(`the schema of ${command}`, () => {
    const report = async (): Promise<Record<string, unknown>> => {
      const environment = new FakeEnvironment({ script: scriptOf(timed(EVENTS[command]())) });
      await main([command, "1", "1", "--json", "-d"], environment);
      return JSON.parse(environment.outputText);
    };

    test("lets later versions add members", async () => {
      expect(validator(SCHEMAS[command])({ ...(await report()), later: 1 })).toBe(true);
    });

    test("refuses the other command's reports and a report that lacks a member", async () => {
      const whole = await report();
      expect(validate({ ...whole, schema: "irqtrace.other/1" })).toBe(false);
      for (const member of Object.keys(whole)) {
        expect([member, validate({ ...whole, [member]: undefined })]).toEqual([member, false]);
      }
    });

    test("refuses a row with some of the times", async () => {
      const whole = await report();
      const [row] = whole["rows"] as readonly Record<string, unknown>[];
      for (const member of Object.keys(row ?? {}).filter((key) => key !== "histogram" && key !== "cpu")) {
        const { [member]: _, ...rest } = row ?? {};
        expect([member, validate({ ...whole, rows: [rest] })]).toEqual([member, false]);
      }
    });
  });
}

describe("every JSON report of softirqs with waits is as its schema says:", () => {
  const validate = validator(strict(softirqsSchema));
  for (const [words, by] of [
    ["--latency", "thread"],
    ["--latency --dist", "thread"],
    ["--places --dist", "stack"],
    ["--places", "thread"],
  ] as const) {
    test(`with ${words}, places by ${by}`, async () => {
      const environment = new FakeEnvironment({ script: scriptOf(waited(by), LOST) });
      expect(await main(["softirqs", "1", "1", "--json", ...words.split(" ")], environment)).toBe(0);
      const report = JSON.parse(environment.outputText);
      validate(report);
      expect(validate.errors).toBeNull();
      const [row] = report.rows;
      for (const member of ["latency", "unmatchedRaise", "places"]) {
        const { [member]: _, ...rest } = row;
        expect([member, validate({ ...report, rows: [rest] })]).toEqual([member, false]);
      }
    });
  }
});
