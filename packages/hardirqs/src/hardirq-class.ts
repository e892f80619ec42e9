/**
 * What interrupts a CPU, apart from softirqs.
 *
 * - `device`: handlers of device interrupts
 * - `vector`: system vectors of x86: the local timer, what CPUs send each other, errors
 * - `ipi`: what CPUs send each other on arm64
 * - `nmi`: handlers of non-maskable interrupts of x86
 *
 * @example
 * ```ts
 * import { HARDIRQ_CLASSES, type HardirqClass } from "@irqtrace/hardirqs";
 *
 * const own = HARDIRQ_CLASSES.filter((name: HardirqClass) => name !== "device");
 * console.log(own.join(", ")); // vector, ipi, nmi
 * ```
 */
export type HardirqClass = "device" | "vector" | "ipi" | "nmi";

/** All classes. See {@link HardirqClass}. */
export const HARDIRQ_CLASSES: readonly HardirqClass[] = ["device", "vector", "ipi", "nmi"];

/** @throws TypeError for what is no list of classes or "all", RangeError for an unknown class or none. */
export function checkClasses(classes: readonly string[] | "all" | undefined, known: readonly string[]): void {
  if (classes === undefined || classes === "all") return;
  const allowed = `"all" or an array of ${known.map((one) => `"${one}"`).join(", ")}`;
  if (!Array.isArray(classes))
    throw new TypeError(`Cannot use the option "classes": ${String(classes)} is given. Allowed: ${allowed}.`);
  if (classes.length === 0) throw new RangeError(`Cannot use the option "classes": it is empty. Allowed: ${allowed}.`);
  const unknown = classes.find((one) => !known.includes(one));
  if (unknown !== undefined)
    throw new RangeError(`Cannot use the option "classes": "${unknown}" is given. Allowed: ${allowed}.`);
}
