import { expectGoodReport, guestProgram, selectedGuests, testInGuests } from "./guest-tests.ts";

const guests = await selectedGuests();

/** ttyS1, whose output goes nowhere: the console's port would interrupt whenever something is said. */
const SERIAL_PORT = ["-serial", "null"];

/** A disk of zeros without a file behind it; with one queue it has one irq that counts requests. */
const DISK = [
  "-blockdev",
  "driver=null-co,node-name=disk,size=1073741824,read-zeroes=on",
  "-device",
  "virtio-blk-pci,drive=disk,num-queues=1",
];

testInGuests(
  guests,
  "every committed object loads, attaches, runs, is read and detaches in both flavours",
  async (stored) => {
    await expectGoodReport(stored, { command: guestProgram("load-objects.ts"), devices: SERIAL_PORT });
  },
);

testInGuests(guests, "the tracers count what the kernel counts", async (stored) => {
  await expectGoodReport(stored, {
    command: guestProgram("exact-counts.ts"),
    modules: ["virtio_pci", "virtio_blk"],
    devices: [...SERIAL_PORT, ...DISK],
  });
});
