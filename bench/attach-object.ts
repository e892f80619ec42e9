/** Loads one of the benchmark's objects, attaches its programs for one kind of interrupt, and holds them until it is killed. */
import { openObject } from "@irqtrace/loader";
import { compileProgram } from "./compile-program.ts";

const [file, kind] = process.argv.slice(2);
if ((file !== "empty" && file !== "floor") || kind === undefined) throw new Error("Give empty or floor, and a kind.");
const loaded = openObject(compileProgram(file), undefined, { name: file }).load();
loaded.attach({ only: loaded.programNames.filter((name) => name.startsWith(kind)) });
// A pending promise alone would not keep the process.
setInterval(() => Bun.gc(false), 3_600_000);
