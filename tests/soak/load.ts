/**
 * A load that the soak traces: packets on loopback and reads past the page cache, a burst of each every second. It ends
 * by itself after so many seconds, or when its parent is gone.
 *
 *   bun load.ts SECONDS
 */
import { DiskFile, sendUdp } from "../kernel/load/loads.ts";

/** Some 15 % of a CPU: interrupts enough to count, and time for whatever else the machine does. */
const PACKETS = 20_000;
const READS = 2_000;
const PERIOD_MS = 1_000;

const parent = process.ppid;
const endMs = Date.now() + Number(process.argv[2]) * 1_000;
let isEnded = false;
process.on("SIGTERM", () => {
  isEnded = true;
});

using file = new DiskFile();
while (!isEnded && Date.now() < endMs && process.ppid === parent) {
  const nextMs = Date.now() + PERIOD_MS;
  await Promise.all([sendUdp(PACKETS), file.read(READS)]);
  await Bun.sleep(Math.max(0, nextMs - Date.now()));
}
