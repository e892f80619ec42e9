import { expect, test } from "bun:test";
import { INTERRUPT_CLASSES } from "./interrupt-class.ts";

test("each class is there once, and every architecture has devices and softirqs", () => {
  const names = INTERRUPT_CLASSES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const architecture of ["x64", "arm64"] as const) {
    const present = INTERRUPT_CLASSES.filter(({ architectures }) => architectures.includes(architecture));
    expect(present.map(({ name }) => name)).toEqual(expect.arrayContaining(["device", "softirq"]));
  }
});
