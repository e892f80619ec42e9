import { readdirSync, readFileSync } from "node:fs";
import { parseCpuList, tickNs } from "@irqtrace/loader";
import { isPreemptRt } from "@irqtrace/tracer";
import type { DeviceLine, MachineFacts } from "./finding.ts";

const CPUS = "/sys/devices/system/cpu";
const PCI_DEVICES = "/sys/bus/pci/devices";
const LINES = "/sys/kernel/irq";

/**
 * What findings need to know of this machine, as /sys shows it now. Devices with several lines are known on PCI alone.
 *
 * @throws UnsupportedPlatformError if this is not Linux, or not Bun.
 *
 * @example
 * ```ts
 * import { machineFacts } from "@irqtrace/interrupts";
 *
 * console.log(machineFacts().onlineCpus.includes(0)); // true
 * ```
 */
export function machineFacts(): MachineFacts {
  return {
    onlineCpus: cpusOf("online"),
    isolatedCpus: cpusOf("isolated"),
    nohzFullCpus: cpusOf("nohz_full"),
    tickNs: tickNs(),
    isPreemptRt: isPreemptRt(),
    deviceLines: deviceLines(),
  };
}

/** None where the file is not there; "(null)" is what some kernels write where none are set. */
function cpusOf(file: "online" | "isolated" | "nohz_full"): readonly number[] {
  const list = textOf(`${CPUS}/${file}`).trim();
  return list === "" || list === "(null)" ? [] : parseCpuList(list);
}

/** The lines with message-signalled interrupts of each PCI device, with the names of their handlers. */
function deviceLines(): readonly DeviceLine[] {
  return namesIn(PCI_DEVICES).flatMap((device) =>
    namesIn(`${PCI_DEVICES}/${device}/msi_irqs`).flatMap((irq) =>
      textOf(`${LINES}/${irq}/actions`)
        .trim()
        .split(",")
        .filter((name) => name !== "")
        .map((name) => ({ irq: Number(irq), device, name })),
    ),
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isAbsent(error)) return "";
    throw error;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Not on this machine, or gone meanwhile. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR", "ENODEV"].includes(String(error.code));
