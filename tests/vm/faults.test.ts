import { expect } from "bun:test";
import type { GuestOptions } from "./guest.ts";
import { runGuest } from "./guest.ts";
import { expectGoodReport, selectedGuests, testInGuests } from "./guest-tests.ts";

/** The harness is the same for every kernel: one is enough to see that it notices what goes wrong. */
const [firstGuest] = await selectedGuests();
const guests = firstGuest === undefined ? [] : [firstGuest];

function testFault(sentence: string, problem: string | RegExp, options: GuestOptions): void {
  testInGuests(guests, sentence, async (stored) => {
    expect((await runGuest(stored, options)).problem).toMatch(problem);
  });
}

function shell(script: string): readonly string[] {
  return ["sh", "-c", script];
}

testFault("a kernel that panics is a failure", "The guest's kernel crashed: Kernel panic - ", {
  command: shell("sleep 0.1; echo c > /proc/sysrq-trigger; sleep 60"),
});

testFault("a kernel that does not come up is stopped at its limit", /still starting after [\d.]+ s and was stopped/, {
  command: ["true"],
  startLimitMs: 300,
});

testFault("a program that ends well but never reports its end is a failure", "before it had reported its end", {
  command: ["true"],
});

testFault("a guest that powers off under the program is a failure", "without telling the program's exit code", {
  command: ["poweroff", "-f"],
});

testFault("a kernel warning is a failure though every result is good", "met a warning while the program ran", {
  command: shell(
    `echo 512 > /proc/sys/kernel/tainted; echo '##result {"name":"a","passed":true,"detail":""}'; echo '##end 1'`,
  ),
});

testFault(
  "an emulator that does not start is a failure with its complaint",
  /The emulator ended with exit code 1: .*'no-such-device'/s,
  {
    command: ["true"],
    devices: ["-device", "no-such-device"],
  },
);

testInGuests(guests, "a failed result fails the test with its name, its detail and the kernel", async (stored) => {
  const command = shell(
    `echo '##result {"name":"counts agree","passed":false,"detail":"3 of 4"}'; echo '##end 1'; exit 1`,
  );
  await expect(expectGoodReport(stored, { command })).rejects.toThrow(/Kernel [\s\S]*Failed: counts agree\n3 of 4/);
});

testInGuests(
  guests,
  "a program that hangs is stopped and fails the test with the console's last lines",
  async (stored) => {
    const command = shell("echo the last words; sleep 600");
    await expect(expectGoodReport(stored, { command, programLimitMs: 500 })).rejects.toThrow(
      /still running the program[\s\S]*the last words/,
    );
  },
);

testInGuests(guests, "a module that the kernel does not have is refused before the boot", async (stored) => {
  await expect(runGuest(stored, { command: ["true"], modules: ["no_such_module"] })).rejects.toThrow(
    'no module "no_such_module"',
  );
});
