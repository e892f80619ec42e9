import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EMULATORS } from "./emulator.ts";
import { fixtureFiles } from "./fixture-files.ts";
import { DISK } from "./guest-devices.ts";
import { expectGoodReport, guestProgram, selectedGuests, testInGuests } from "./guest-tests.ts";
import { GUEST_KERNELS, MATRIX_KERNELS } from "./kernels.ts";
import { recordResults } from "./recorded-results.ts";

const outside = GUEST_KERNELS.filter((kernel) => !MATRIX_KERNELS.includes(kernel)).map(({ id }) => id);
const guests = (await selectedGuests()).filter(({ id }) => !outside.includes(id));

test("every kernel outside of the matrix has a case", () => {
  const cases = readFileSync(join(import.meta.dir, "cases.test.ts"), "utf8");
  expect(outside).not.toEqual([]);
  for (const id of outside) expect(cases).toContain(`testCase(["${id}"]`);
});

testInGuests(guests, "objects load, counts agree with the kernel's, nothing is left behind", async (stored) => {
  const { quietPort } = EMULATORS[stored.kernel.architecture];
  const run = await expectGoodReport(stored, {
    command: ["env", `IRQTRACE_GUEST_PORT=${quietPort?.name ?? ""}`, ...guestProgram("matrix.ts", stored.release)],
    modules: ["virtio_pci", "virtio_blk"],
    devices: [...(quietPort?.devices ?? []), ...DISK],
    files: fixtureFiles(stored.kernel),
    programLimitMs: 900_000,
  });
  recordResults(stored, run);
});
