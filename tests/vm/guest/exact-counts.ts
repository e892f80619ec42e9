import { equal } from "node:assert/strict";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS, type TracerOptions } from "@irqtrace/tracer";
import { sendUdp } from "../../kernel/load/loads.ts";
import { compareCounts, type HardirqRow, type SoftirqRow } from "./count-comparison.ts";
import { hardirqCounts, softirqCounts } from "./kernel-counts.ts";
import { type Check, reportChecks } from "./report.ts";

const PACKETS = 10_000;
/** Fewer than packets: where ksoftirqd takes over, one run handles several. */
const NET_RX_RUNS = PACKETS / 2;
const DISK_READS = 2_000;
const SERIAL_WRITES = 100;
/** Fewer than writes: the handler goes on while there is something to send. */
const SERIAL_INTERRUPTS = 10;
const DISK = "/dev/vda";
const SERIAL_PORT = "/dev/ttyS1";

async function interruptFromDevices(serialPort: number): Promise<void> {
  const read = ["dd", `if=${DISK}`, "of=/dev/null", "bs=4k", `count=${DISK_READS}`, "iflag=direct"];
  equal(await Bun.spawn(read, { stderr: "ignore" }).exited, 0, "dd's exit code");
  for (let written = 0; written < SERIAL_WRITES; written++) {
    writeSync(serialPort, ".");
    await Bun.sleep(1);
  }
}

/** The irq of an action that is registered now. */
function irqOf(action: string): string {
  const line = readFileSync("/proc/interrupts", "utf8")
    .split("\n")
    .find((text) => text.endsWith(` ${action}`));
  if (line === undefined) throw new Error(`No interrupt has the action ${action}.`);
  return line.trim().replace(/:.*/, "");
}

async function compareSoftirqs(options: TracerOptions): Promise<string> {
  using tracer = traceSoftirqs(options);
  return await compareCounts<SoftirqRow>({
    tracer,
    counters: softirqCounts,
    sourceOf: (row) => row.name,
    load: () => sendUdp(PACKETS),
    expected: new Map([["net_rx", NET_RX_RUNS]]),
  });
}

async function compareHardirqs(options: TracerOptions): Promise<string> {
  using tracer = traceHardirqs(options);
  // The driver has an action while the port is open.
  const serialPort = openSync(SERIAL_PORT, "w");
  try {
    return await compareCounts<HardirqRow>({
      tracer,
      counters: hardirqCounts,
      sourceOf: (row) => String(row.irq),
      load: () => interruptFromDevices(serialPort),
      expected: new Map([
        [irqOf("virtio0-req.0"), DISK_READS],
        [irqOf("ttyS1"), SERIAL_INTERRUPTS],
      ]),
    });
  } finally {
    closeSync(serialPort);
  }
}

const checks = FLAVOURS.flatMap((flavour): readonly Check[] => [
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
await reportChecks(checks);
