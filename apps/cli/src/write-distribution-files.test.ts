import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };
import { completionScript } from "./completion/completion-script.ts";
import { manualPage } from "./manual/manual-page.ts";

const PROGRAM = fileURLToPath(new URL("write-distribution-files.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "irqtrace-distribution-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]) => Bun.spawnSync([process.execPath, PROGRAM, ...words], { stderr: "pipe" });

test("the files beside the program are what the program prints, and the manual page of this version", async () => {
  const child = run(join(folder, "dist"));
  expect(child.stderr.toString()).toBe("");
  expect(child.exitCode).toBe(0);
  const written = (name: string): string => readFileSync(join(folder, "dist", name), "utf8");
  expect([...new Bun.Glob("**").scanSync({ cwd: folder })].sort()).toEqual([
    "dist/completions/_irqtrace",
    "dist/completions/irqtrace.bash",
    "dist/completions/irqtrace.fish",
    "dist/man/irqtrace.1",
  ]);
  expect(written("completions/irqtrace.bash")).toBe(await completionScript("bash"));
  expect(written("completions/_irqtrace")).toBe(await completionScript("zsh"));
  expect(written("completions/irqtrace.fish")).toBe(await completionScript("fish"));
  expect(written("man/irqtrace.1")).toBe(manualPage(packageJson.version));
});

test("the package ships them, built anew with each build, and names the manual page", () => {
  expect(packageJson.files).toContain("dist");
  expect(packageJson.scripts.build).toEndWith("bun src/write-distribution-files.ts dist");
  expect(packageJson.man).toBe("./dist/man/irqtrace.1");
});

test("without a folder nothing is written", () => {
  expect(run().exitCode).not.toBe(0);
});
