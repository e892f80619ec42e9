import packageJson from "../../package.json" with { type: "json" };
import type { Environment } from "../environment.ts";
import { EXIT_CODE } from "../exit-code.ts";
import { diagnose } from "./diagnose.ts";

/** Looks at this machine, writes what it finds, and tells by the exit code whether tracing works here. */
export async function examine(asJson: boolean, environment: Environment): Promise<number> {
  const diagnosis = diagnose(await environment.doctorFacts(), environment);
  const { stdout } = environment;
  if (asJson) {
    const { diagnosisJson } = await import("./diagnosis-json.ts");
    await stdout.write(diagnosisJson(diagnosis, packageJson.version));
  } else {
    const { diagnosisTable } = await import("./diagnosis-table.ts");
    await stdout.write(diagnosisTable(diagnosis, stdout.columns));
  }
  return diagnosis.works ? EXIT_CODE.done : EXIT_CODE.unsupported;
}
