import { closeSync, openSync, writeSync } from "node:fs";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS, type TracerOptions } from "@irqtrace/tracer";
import { sendUdp } from "../../kernel/load/loads.ts";
import { compareCounts, type HardirqRow, type SoftirqRow } from "./count-comparison.ts";
import { irqOf, readDisk } from "./devices.ts";
import { hardirqCounts, softirqCounts } from "./kernel-counts.ts";
import { QUIET_PORT } from "./quiet-port.ts";
import type { Check, Measured } from "./report.ts";

const PACKETS = 10_000;
/** Fewer than packets: where ksoftirqd takes over, one run handles several. */
const NET_RX_RUNS = PACKETS / 2;
const DISK_READS = 2_000;
const SERIAL_WRITES = 100;
/** Fewer than writes: the handler goes on while there is something to send. */
const SERIAL_INTERRUPTS = 10;

async function interruptFromDevices(serialPort: number | null): Promise<void> {
  await readDisk("vda", DISK_READS);
  for (let written = 0; serialPort !== null && written < SERIAL_WRITES; written++) {
    writeSync(serialPort, ".");
    await Bun.sleep(1);
  }
}

async function compareSoftirqs(options: TracerOptions): Promise<Measured> {
  using tracer = traceSoftirqs(options);
  return await compareCounts<SoftirqRow>({
    tracer,
    counters: softirqCounts,
    sourceOf: (row) => row.name,
    load: () => sendUdp(PACKETS),
    expected: new Map([["net_rx", NET_RX_RUNS]]),
  });
}

async function compareHardirqs(options: TracerOptions): Promise<Measured> {
  using tracer = traceHardirqs(options);
  // The driver has an action while the port is open.
  const serialPort = QUIET_PORT === "" ? null : openSync(`/dev/${QUIET_PORT}`, "w");
  try {
    return await compareCounts<HardirqRow>({
      tracer,
      counters: hardirqCounts,
      sourceOf: (row) => String(row.irq),
      load: () => interruptFromDevices(serialPort),
      expected: new Map([
        [irqOf("virtio0-req.0"), DISK_READS],
        ...(serialPort === null ? [] : [[irqOf(QUIET_PORT), SERIAL_INTERRUPTS] as const]),
      ]),
    });
  } finally {
    if (serialPort !== null) closeSync(serialPort);
  }
}

/** The tracers against the kernel's own counters, for each kind, measure and flavour. */
export const COUNT_CHECKS: readonly Check[] = FLAVOURS.flatMap((flavour): readonly Check[] => [
  {
    name: `softirqs per CPU, timed by ${flavour} programs, are as many as in /proc/softirqs`,
    run: () => compareSoftirqs({ flavour, perCpu: true }),
  },
  {
    name: `softirqs counted by ${flavour} programs are as many as in /proc/softirqs`,
    run: () => compareSoftirqs({ flavour, measure: "count" }),
  },
  {
    name: `interrupts per CPU, timed by ${flavour} programs, are as many as in /proc/interrupts`,
    run: () => compareHardirqs({ flavour, perCpu: true }),
  },
  {
    name: `interrupts counted by ${flavour} programs are as many as in /proc/interrupts`,
    run: () => compareHardirqs({ flavour, measure: "count" }),
  },
]);
