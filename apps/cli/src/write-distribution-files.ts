/**
 * Writes what is shipped beside the program, made from the commands' definitions: completions for the places where shells
 * look for them, and the manual page. `bun write-distribution-files.ts FOLDER`
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { completionScript } from "./completion/completion-script.ts";
import { manualPage } from "./manual/manual-page.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new TypeError("The folder to write to is missing.");

const files: Readonly<Record<string, string>> = {
  "completions/irqtrace.bash": await completionScript("bash"),
  "completions/_irqtrace": await completionScript("zsh"),
  "completions/irqtrace.fish": await completionScript("fish"),
  "man/irqtrace.1": manualPage(packageJson.version),
};
for (const [name, text] of Object.entries(files)) {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`${folder}: ${Object.keys(files).join(", ")}`);
