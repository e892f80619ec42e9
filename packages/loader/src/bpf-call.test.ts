import { describe, expect, test } from "bun:test";
import { UnsupportedPlatformError } from "./errors.ts";
import { libbpf } from "./libbpf-info.ts";
import { missingCapabilities } from "./missing-capabilities.ts";

const MODULE = JSON.stringify(Bun.fileURLToPath(new URL("./bpf-call.ts", import.meta.url)));
const FILTER = Bun.fileURLToPath(new URL("./testing/refuse-bpf.ts", import.meta.url));
const EPERM = 1;
const ENOSYS = 38;

function whyNoFilter(): string | null {
  if (process.platform !== "linux") return "needs Linux";
  try {
    libbpf();
    return null;
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return "needs libbpf";
    throw error;
  }
}

const lack = whyNoFilter();
const named = (sentence: string): string => (lack === null ? sentence : `${sentence} (${lack})`);

/** What the probe says below a command. */
function probeBelow(...command: readonly string[]): string {
  const script = `const { probeBpfCall } = await import(${MODULE}); console.log(probeBpfCall());`;
  const child = Bun.spawnSync([...command, process.execPath, "--eval", script], { stderr: "pipe" });
  expect(child.stderr.toString()).toBe("");
  return child.stdout.toString().trim();
}

describe("the system call bpf", () => {
  test.skipIf(lack !== null)(named("answers a process that no filter holds"), () => {
    // Without capabilities some kernels refuse every command.
    expect(missingCapabilities().length === 0 ? ["answers"] : ["answers", "EPERM"]).toContain(probeBelow());
  });

  test.skipIf(lack !== null)(named("is refused by a filter with the filter's own error"), () => {
    expect(probeBelow(process.execPath, FILTER, String(EPERM))).toBe("EPERM");
    expect(probeBelow(process.execPath, FILTER, String(ENOSYS))).toBe("ENOSYS");
  });
});
