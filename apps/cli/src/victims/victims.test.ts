import { describe, expect, test } from "bun:test";
import { INTERRUPT_CLASSES, VICTIM_KINDS, type VictimRow } from "@irqtrace/interrupts";
import victimsSchema from "@irqtrace/interrupts/victims.schema.json" with { type: "json" };
import { main } from "../main.ts";
import { FakeEnvironment, type FakeSettings } from "../testing/fake-environment.ts";
import { FakeTracer, type Script } from "../testing/fake-tracer.ts";
import { expectGolden } from "../testing/golden.ts";
import { strict, validator } from "../testing/json-schema.ts";
import { scriptOf } from "../testing/scripts.ts";
import { ALL_VICTIMS, VICTIM_CASES } from "../testing/victim-cases.ts";
import { TASK_ROWS } from "../testing/victim-rows.ts";
import { CLASS_NAMES, VICTIM_KIND_NAMES } from "./victims-invocation.ts";

async function runVictims(
  words: string,
  script: Script<VictimRow> = ALL_VICTIMS,
  settings: Partial<FakeSettings> = {},
): Promise<FakeEnvironment> {
  const environment = new FakeEnvironment({ script: scriptOf([]), victims: new FakeTracer(script), ...settings });
  expect(await main(["victims", ...words.split(" ").filter(Boolean)], environment)).toBe(0);
  return environment;
}

/** What stderr is told of a table without room, once. */
const FULL = /^irqtrace: the table is full: .*\(others\)\. .*--entries.*\n/;

describe("what it prints, character by character:", () => {
  test.each(VICTIM_CASES)("$file", async ({ file, words, script, settings }) => {
    const environment = await runVictims(words, script, settings);
    expect(environment.errorText.replace(FULL, "")).toBe("");
    expectGolden(file, environment.outputText);
  });
});

describe("the tracer", () => {
  const optionsOf = async (words: string): Promise<unknown> => (await runVictims(`1 1 ${words}`)).openedVictims;

  test("gets what is asked for", async () => {
    expect(await optionsOf("")).toEqual([{ by: "task" }]);
    expect(
      await optionsOf("--by cgroup --class softirq,device --cpu 0-1 -c /web.slice --entries 9 --probe raw_tp --cost"),
    ).toEqual([
      {
        by: "cgroup",
        classes: ["device", "softirq"],
        cpus: [0, 1],
        cgroup: "/web.slice",
        tableEntries: 9,
        flavour: "raw_tp",
        cost: true,
      },
    ]);
  });

  test("is asked for all classes without their names, since some kernels lack some", async () => {
    expect(await optionsOf("--class all")).toEqual([{ by: "task" }]);
    expect(await optionsOf(`--class ${CLASS_NAMES.join(",")}`)).toEqual([{ by: "task" }]);
  });
});

test("the names on the command line are those of the package", () => {
  expect(VICTIM_KIND_NAMES).toEqual(VICTIM_KINDS as typeof VICTIM_KIND_NAMES);
  expect<readonly string[]>(CLASS_NAMES).toEqual(INTERRUPT_CLASSES.map(({ name }) => name));
});

test("a full table is told of once, and not where an old kernel counts all NMIs as others", async () => {
  const others = TASK_ROWS.filter(({ victimKind }) => victimKind === "others");
  expect((await runVictims("1 2", scriptOf(others))).errorText).toMatch(new RegExp(`${FULL.source}$`));
  const nmis = others.map((row) => ({ ...row, class: "nmi" as const }));
  expect((await runVictims("1 2", scriptOf(nmis))).errorText).toBe("");
});

test("without an interval there is one summary at Ctrl-C", async () => {
  const victims = new FakeTracer(ALL_VICTIMS);
  const environment = new FakeEnvironment({ script: scriptOf([]), victims, stderrIsTTY: true });
  const ended = main(["victims", "--json"], environment);
  while (!environment.errorText) await Bun.sleep(1);
  expect(environment.errorText).toBe("Tracing victims... Ctrl-C to end.\n");
  environment.send("SIGINT");
  expect(await ended).toBe(0);
  expect(environment.reports).toHaveLength(1);
  expect(victims.isDisposed).toBe(true);
});

test("where the kernel hides its symbols, a line says why CPU modes are unknown", async () => {
  const hidden = { hidesKernelAddresses: true };
  const empty = scriptOf<VictimRow>([]);
  const environment = await runVictims("1 1 --by cpu-mode", empty, hidden);
  expect(environment.errorText).toMatch(/^irqtrace: the kernel hides its symbols, .*CAP_SYSLOG.*\n$/);
  expect((await runVictims("1 1 --by task", empty, hidden)).errorText).toBe("");
});

describe("every JSON report is as its schema says:", () => {
  const validate = validator(strict(victimsSchema));
  const expectValid = (text: string, reports: number): void => {
    const lines = text.split("\n").slice(0, -1);
    expect(lines).toHaveLength(reports);
    for (const line of lines) {
      validate(JSON.parse(line));
      expect(validate.errors).toBeNull();
    }
  };

  test.each(VICTIM_CASES)("$file", async ({ words, script, settings }) => {
    const isAsJson = /--json|--format/.test(words);
    const asJson = words.replace("--format csv", "--json") + (isAsJson ? "" : " --json");
    expectValid((await runVictims(asJson, script, settings)).outputText, script.intervals.length);
  });

  test("and one that lacks a member is not", async () => {
    const { outputText } = await runVictims("1 1 --json", scriptOf(TASK_ROWS.slice(1)));
    const whole = JSON.parse(outputText);
    expect(validate(whole)).toBe(true);
    for (const member of Object.keys(whole)) {
      expect([member, validate({ ...whole, [member]: undefined })]).toEqual([member, false]);
    }
    for (const member of ["victimKind", "victim", "class", "name", "count", "totalNs"]) {
      const { [member]: _, ...rest } = whole.rows[0];
      expect([member, validate({ ...whole, rows: [rest] })]).toEqual([member, false]);
    }
  });
});
