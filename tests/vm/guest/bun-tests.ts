import { ok } from "node:assert/strict";
import { lastLines } from "../../../scripts/debian/run-command.ts";
import type { Measured } from "./report.ts";

/** Runs test files in this kernel, but for the tests whose names hold one of `excluded`; fails unless all of the others pass. */
export async function runBunTests(files: readonly string[], excluded: readonly string[] = []): Promise<Measured> {
  const others = excluded.length === 0 ? [] : ["-t", `^(?!.*(${excluded.join("|")}))`];
  const child = Bun.spawn([process.execPath, "test", "--timeout", "120000", ...others, ...files], {
    env: { ...process.env, NO_COLOR: "1", IRQTRACE_PREBUILT_FIXTURES: "/guest/fixtures" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const output = await child.stderr.text();
  ok((await child.exited) === 0, lastLines(output, 60));
  const passed = Number(/^ (\d+) pass$/m.exec(output)?.[1] ?? 0);
  ok(passed > 0, `no test passed: ${lastLines(output, 20)}`);
  return { detail: `${passed} tests`, figures: { tests: passed } };
}
