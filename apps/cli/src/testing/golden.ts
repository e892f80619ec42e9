import { expect } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const DIRECTORY = new URL("../golden/", import.meta.url);

/** Set to 1 to write the golden files anew; look at the difference before committing it. */
const UPDATE_VARIABLE = "IRQTRACE_UPDATE_GOLDEN";

/** Compares a text with the golden file of that name. */
export function expectGolden(fileName: string, text: string): void {
  const file = new URL(fileName, DIRECTORY);
  if (process.env[UPDATE_VARIABLE] === "1") writeFileSync(file, text);
  if (!existsSync(file))
    throw new Error(`There is no golden file ${fileName}. Run the tests with ${UPDATE_VARIABLE}=1 to write it.`);
  expect(text).toBe(readFileSync(file, "utf8"));
}
