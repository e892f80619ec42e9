import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXECUTABLE_TARGETS } from "./executable-targets.ts";

const repository = dirname(dirname(import.meta.dir));

test("the Bun of executables is the one that the toolchain pins, where that knows it", () => {
  const text = readFileSync(join(repository, "toolchain/package-lock.json"), "utf8");
  const { packages }: { packages: Record<string, { integrity: string }> } = JSON.parse(text);
  const known = EXECUTABLE_TARGETS.filter(({ bunPackage }) => packages[`node_modules/${bunPackage}`] !== undefined);
  // npm's bun brings no package for processors without AVX2: that one is held by its hash here alone.
  expect(known).toHaveLength(EXECUTABLE_TARGETS.length - 1);
  for (const { bunPackage, bunIntegrity } of known)
    expect(packages[`node_modules/${bunPackage}`]?.integrity).toBe(bunIntegrity);
});
