import { EMULATORS } from "./emulator.ts";
import { fixtureFiles } from "./fixture-files.ts";
import type { GuestOptions } from "./guest.ts";
import { DISK, disk } from "./guest-devices.ts";
import { expectGoodReport, guestProgram, selectedGuests, testInGuests } from "./guest-tests.ts";

const guests = await selectedGuests();

/** A case is the same for every kernel that has what it takes: the named ones are enough. */
function testCase(
  ids: readonly string[],
  sentence: string,
  program: readonly [file: string, ...parameters: string[]],
  options: Omit<GuestOptions, "command">,
): void {
  const chosen = guests.filter(({ id }) => ids.includes(id));
  testInGuests(chosen, sentence, async (stored) => {
    const { quietPort } = EMULATORS[stored.kernel.architecture];
    await expectGoodReport(stored, {
      programLimitMs: 600_000,
      ...options,
      files: fixtureFiles(stored.kernel),
      command: ["env", `IRQTRACE_GUEST_PORT=${quietPort?.name ?? ""}`, ...guestProgram(...program)],
      devices: [...(quietPort?.devices ?? []), ...(options.devices ?? [])],
    });
  });
}

testCase(["6.1"], "what changes during a trace, and too much of everything", ["changes-and-pressure.ts"], {
  cpus: "4,maxcpus=6",
  modules: ["virtio_pci", "virtio_blk"],
  devices: [...DISK, ...disk("second")],
});

testCase(["6.1"], "shared lines and equal names", ["shared-lines.ts"], {
  kernelParameters: ["pci=nomsi"],
  modules: ["virtio_pci", "virtio_blk", "ata_piix", "sd_mod"],
  devices: [
    // Slots in hexadecimal; their lines go round in fours: these three share one.
    ...disk("first", ",addr=4"),
    ...disk("second", ",addr=8"),
    ...disk("third", ",addr=c"),
    ...["primary", "secondary"].flatMap((name, channel) => [
      "-blockdev",
      `driver=null-co,node-name=${name},size=1073741824,read-zeroes=on`,
      "-device",
      `ide-hd,drive=${name},bus=ide.${channel}`,
    ]),
  ],
});

testCase(["6.1-rt", "newest-rt"], "threaded handlers", ["threaded-handlers.ts"], {
  modules: ["virtio_pci", "virtio_blk"],
  devices: DISK,
});

testCase(["5.10-rt"], "slow events are refused where a ring buffer may sleep", ["slow-refusal.ts"], {});

testCase(["5.10", "6.1"], "what irqtrace may not do is said, and leaves nothing behind", ["refusals.ts", "none"], {});

for (const mode of ["integrity", "confidentiality"])
  testCase(["6.12"], `a kernel with lockdown=${mode}`, ["refusals.ts", mode], {
    kernelParameters: [`lockdown=${mode}`],
  });

// 5.10 has no recursion misses, which the tests expect to be 0.
testCase(["6.1", "newest", "newest-arm64"], "made-up events", ["driven-tests.ts"], {});
