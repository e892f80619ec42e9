import { describe, expect, test } from "bun:test";
import packageJson from "../../package.json" with { type: "json" };
import schema from "../../schema/doctor.schema.json" with { type: "json" };
import { MACHINES } from "../testing/doctor-machines.ts";
import { strict, validator } from "../testing/json-schema.ts";
import { diagnose } from "./diagnose.ts";
import { DOCTOR_SCHEMA, diagnosisJson } from "./diagnosis-json.ts";
import type { DoctorFacts } from "./doctor-facts.ts";

const report = (facts: DoctorFacts): string =>
  diagnosisJson(diagnose(facts, { userId: 0, program: ["irqtrace"] }), packageJson.version);

describe("the doctor's JSON", () => {
  const validate = validator(strict(schema));

  test.each(Object.keys(MACHINES) as (keyof typeof MACHINES)[])("is as its schema says on %s", (machine) => {
    const text = report(MACHINES[machine]);
    // One line, and nothing in it that acts on a terminal.
    expect(text).toMatch(/^\P{Cc}+\n$/u);
    validate(JSON.parse(text));
    expect(validate.errors).toBeNull();
  });

  test("names the schema that the package exports", () => {
    expect(JSON.parse(report(MACHINES.root)).schema).toBe(DOCTOR_SCHEMA);
    expect(schema.properties.schema.const).toBe(DOCTOR_SCHEMA);
    expect(packageJson.exports["./doctor.schema.json"]).toBe("./schema/doctor.schema.json");
  });

  test("is refused by the schema without one of its members, or with a status that there is not", () => {
    const whole = JSON.parse(report(MACHINES.root));
    for (const member of Object.keys(whole)) {
      expect([member, validate({ ...whole, [member]: undefined })]).toEqual([member, false]);
    }
    const [check] = whole.checks;
    for (const member of Object.keys(check)) {
      expect([member, validate({ ...whole, checks: [{ ...check, [member]: undefined }] })]).toEqual([member, false]);
    }
    expect(validate({ ...whole, checks: [{ ...check, status: "fine" }] })).toBe(false);
    expect(validate({ ...whole, checks: [] })).toBe(false);
  });

  test("may have more members in later versions", () => {
    expect(validator(schema)({ ...JSON.parse(report(MACHINES.root)), later: 1 })).toBe(true);
  });
});
