import { expect, test } from "bun:test";
import { lastLines } from "../../scripts/debian/run-command.ts";
import { EMULATORS } from "./emulator.ts";
import { type GuestOptions, type GuestRun, runGuest } from "./guest.ts";
import { type StoredKernel, storedKernel } from "./kernel-store.ts";
import { type GuestKernel, selectKernels, THIS_ARCHITECTURE } from "./kernels.ts";

/** A selected kernel, or why it cannot be had on this machine. */
export type Guest =
  | { readonly id: string; readonly stored: StoredKernel }
  | { readonly id: string; readonly reason: string };

/** Longer than two guests at their limits: a test also waits for those ahead of it. */
const TEST_LIMIT_MS = 30 * 60_000;

const TOOLS = ["clang-19", "setpriv", "busybox", "ldd", "apt-get", "apt-cache", "dpkg-deb"];

/** The kernels that IRQTRACE_VM selects, fetched. */
export async function selectedGuests(): Promise<readonly Guest[]> {
  const kernels = selectKernels(process.env["IRQTRACE_VM"]);
  if (kernels.length === 0) return [{ id: "no guest", reason: "IRQTRACE_VM is none" }];
  return await Promise.all(kernels.map(fetchGuest));
}

async function fetchGuest(kernel: GuestKernel): Promise<Guest> {
  const { program, debianPackage } = EMULATORS[kernel.architecture];
  const missing = TOOLS.filter((tool) => Bun.which(tool) === null);
  if (kernel.architecture !== THIS_ARCHITECTURE && Bun.which("npm") === null) missing.push("npm");
  if (Bun.which(program) === null) missing.push(`${program} (Debian: ${debianPackage})`);
  if (missing.length > 0) return { id: kernel.id, reason: `not installed: ${missing.join(", ")}` };
  try {
    return { id: kernel.id, stored: await storedKernel(kernel) };
  } catch (error) {
    return { id: kernel.id, reason: oneLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** As it can stand in brackets in a test's name. */
function oneLine(text: string): string {
  return text.replaceAll(/[[\]]/g, "").replaceAll(/\s+/g, " ");
}

/**
 * Declares one test per guest. A guest that cannot be had is a skipped test whose name says why, or, with IRQTRACE_REQUIRE_ALL=1, a
 * failed one.
 */
export function testInGuests(
  guests: readonly Guest[],
  sentence: string,
  body: (stored: StoredKernel) => Promise<void>,
): void {
  for (const guest of guests) {
    const name = `${guest.id}: ${sentence}`;
    if ("stored" in guest) {
      test.concurrent(name, () => body(guest.stored), TEST_LIMIT_MS);
    } else if (process.env["IRQTRACE_REQUIRE_ALL"] === "1") {
      test(name, () => {
        throw new Error(`The guest is required but cannot be had: ${guest.reason}`);
      });
    } else {
      test.skip(`${name} [skipped: ${guest.reason}]`, () => {});
    }
  }
}

/** The command that runs one of the programs in tests/vm/guest. */
export function guestProgram(file: string, ...parameters: readonly string[]): readonly string[] {
  return ["bun", "--no-install", `tests/vm/guest/${file}`, ...parameters];
}

/** Runs a reporting program in the guest and fails with everything that is known unless all of its results are good. */
export async function expectGoodReport(stored: StoredKernel, options: GuestOptions): Promise<GuestRun> {
  const run = await runGuest(stored, options);
  const failures = describeFailures(stored, run);
  if (failures !== null) throw new Error(failures);
  expect(run.results.length).toBeGreaterThan(0);
  if (process.env["IRQTRACE_VM_DETAILS"] === "1")
    for (const { name, detail } of run.results) console.log(`${stored.release}: ${name}: ${detail}`);
  return run;
}

function describeFailures(stored: StoredKernel, run: GuestRun): string | null {
  const failed = run.results.filter((result) => !result.passed);
  if (run.problem === null && failed.length === 0) return null;
  const parts = [
    `Kernel ${stored.release} (${stored.version}), ${(run.elapsedMs / 1000).toFixed(1)} s.`,
    ...(run.problem === null ? [] : [run.problem]),
    ...failed.map((result) => `Failed: ${result.name}\n${result.detail}`),
    ...(run.problem === null ? [] : [`The console's last lines:\n${lastLines(run.console, 60)}`]),
  ];
  return parts.join("\n\n");
}
