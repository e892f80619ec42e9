import { equal } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hardirqCounts } from "./kernel-counts.ts";

/** Reads blocks past the page cache, one interrupt each. */
export async function readDisk(disk: string, reads: number): Promise<void> {
  const command = ["dd", `if=/dev/${disk}`, "of=/dev/null", "bs=4k", `count=${reads}`, "iflag=direct"];
  equal(await Bun.spawn(command, { stderr: "ignore" }).exited, 0, "dd's exit code");
}

/** The irqs that /proc/interrupts has actions of this name on. */
export function irqsOf(action: string): readonly string[] {
  const lines = readFileSync("/proc/interrupts", "utf8").split("\n");
  return lines.filter((line) => actionsOf(line).includes(action)).map((line) => line.trim().replace(/:.*/, ""));
}

/** The one irq that has an action of this name. */
export function irqOf(action: string): string {
  const [irq, ...others] = irqsOf(action);
  if (irq === undefined || others.length > 0)
    throw new Error(`One irq has the action ${action}? ${readFileSync("/proc/interrupts", "utf8")}`);
  return irq;
}

/** The actions on an irq's line, in the order in which the kernel runs them. */
export function actionsOn(irq: string): readonly string[] {
  const line = readFileSync("/proc/interrupts", "utf8")
    .split("\n")
    .find((text) => text.trim().startsWith(`${irq}:`));
  return line === undefined ? [] : actionsOf(line);
}

/** Names come last, after two spaces; they may hold single spaces. */
function actionsOf(line: string): readonly string[] {
  return (/^\s*\d+:.*\s{2,}(\S.*)$/.exec(line)?.[1] ?? "").split(", ");
}

export function kernelCount(irq: string): number {
  return (hardirqCounts().get(irq) ?? []).reduce((sum, count) => sum + count, 0);
}

export function unbindVirtio(device: string): void {
  writeFileSync(`/sys/bus/virtio/drivers/virtio_blk/unbind`, device);
}

export function bindVirtio(device: string): void {
  writeFileSync(`/sys/bus/virtio/drivers/virtio_blk/bind`, device);
}

/** The name of the disk that a virtio device is. */
export function diskOf(device: string): string {
  const [disk] = readdirSync(`/sys/bus/virtio/devices/${device}/block`);
  if (disk === undefined) throw new Error(`${device} is no disk.`);
  return disk;
}

export function setOnline(cpu: number, online: boolean): void {
  writeFileSync(`/sys/devices/system/cpu/cpu${cpu}/online`, online ? "1" : "0");
}
