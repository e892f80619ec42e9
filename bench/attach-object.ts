/** Loads one of the benchmark's objects, attaches its programs for one kind of interrupt, and holds them until it is killed. */
import { openObject } from "@irqtrace/loader";
import { compileProgram, PROGRAM_FILES } from "./compile-program.ts";

const [file, kind, ...macros] = process.argv.slice(2);
const known = PROGRAM_FILES.find((name) => name === file);
if (known === undefined || kind === undefined)
  throw new Error(`Give one of ${PROGRAM_FILES.join(", ")}, a kind of interrupt, and macros to define.`);
const loaded = openObject(compileProgram(known, macros), undefined, { name: known }).load();
loaded.attach({ only: loaded.programNames.filter((name) => name.startsWith(kind)) });
// A pending promise alone would not keep the process.
setInterval(() => Bun.gc(false), 3_600_000);
