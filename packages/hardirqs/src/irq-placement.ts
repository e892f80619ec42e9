import { readFileSync } from "node:fs";

const IRQ_FOLDER = "/proc/irq";

/**
 * Where an interrupt line may run and does.
 *
 * @example
 * ```ts
 * import type { IrqPlacement } from "@irqtrace/hardirqs";
 *
 * const placement: IrqPlacement = { affinity: "0-1", effectiveAffinity: "1", node: 0 };
 * console.log(placement.effectiveAffinity); // 1
 * ```
 */
export interface IrqPlacement {
  /** CPUs that it may be sent to, as the kernel lists them: "0-3,8". */
  readonly affinity: string;
  /** Those of them that the kernel chose; null where it does not say. */
  readonly effectiveAffinity: string | null;
  /** The device's NUMA node; null where it has none. */
  readonly node: number | null;
}

/**
 * Reads /proc/irq: smp_affinity_list, effective_affinity_list, node. Needs no privileges.
 *
 * @returns null for an irq that is not there (any more).
 *
 * @example
 * ```ts
 * import { readIrqPlacement } from "@irqtrace/hardirqs";
 *
 * console.log(readIrqPlacement(1_000_000)); // null
 * ```
 */
export function readIrqPlacement(irq: number, folder: string = IRQ_FOLDER): IrqPlacement | null {
  const affinity = readLine(`${folder}/${irq}/smp_affinity_list`);
  if (affinity === null) return null;
  const node = Number(readLine(`${folder}/${irq}/node`) ?? -1);
  return {
    affinity,
    effectiveAffinity: readLine(`${folder}/${irq}/effective_affinity_list`) || null,
    node: node >= 0 ? node : null,
  };
}

/** Lines come and go while others are read, and kernels without SMP have none of these files. */
function readLine(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EIO")) return null;
    throw error;
  }
}
