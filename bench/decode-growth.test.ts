import { expect, test } from "bun:test";
import { decodeGrowth } from "./decode-growth.ts";
import { spreadOf } from "./statistics.ts";

const speed = (cpus: number, ms: number): Parameters<typeof decodeGrowth>[0][number] => ({
  cpus,
  sources: 1_000,
  ms: spreadOf([ms]),
});

test("a cost that is linear has the same slope at both ends", () => {
  const growth = decodeGrowth([speed(2, 10.1), speed(64, 13.2), speed(256, 22.8), speed(1_024, 61.2)]);
  expect(growth.slope).toBeCloseTo(50, 6);
  expect(growth.intercept).toBeCloseTo(10, 6);
  expect(growth.rSquared).toBeCloseTo(1, 9);
  expect(growth.firstNsPerCell).toBeCloseTo(50, 6);
  expect(growth.lastNsPerCell).toBeCloseTo(50, 6);
});

test("a cost that grows faster than its cells shows it at the large end", () => {
  const growth = decodeGrowth([speed(1_024, 1_048), speed(2, 0.004), speed(64, 4.096)]);
  expect(growth.lastNsPerCell).toBeGreaterThan(10 * growth.firstNsPerCell);
  expect(growth.rSquared).toBeLessThan(1);
});
