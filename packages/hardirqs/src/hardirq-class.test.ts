import { expect, test } from "bun:test";
import { checkClasses, HARDIRQ_CLASSES } from "./hardirq-class.ts";

const check =
  (classes: unknown): (() => void) =>
  () =>
    checkClasses(classes as readonly string[], HARDIRQ_CLASSES);

test("classes are all, or some by name", () => {
  for (const classes of [undefined, "all", ["device"], ["nmi", "vector"]]) expect(check(classes)).not.toThrow();
});

test("what is no list of classes is refused, and the message says what is allowed", () => {
  const allowed = 'Allowed: "all" or an array of "device", "vector", "ipi", "nmi".';
  expect(check("device")).toThrow(new TypeError(`Cannot use the option "classes": device is given. ${allowed}`));
  expect(check([])).toThrow(new RangeError(`Cannot use the option "classes": it is empty. ${allowed}`));
  expect(check(["device", "smi"])).toThrow(
    new RangeError(`Cannot use the option "classes": "smi" is given. ${allowed}`),
  );
});
