import { expect, test } from "bun:test";
import { type GuestEnding, type GuestReport, readConsole } from "./console-protocol.ts";

const ENDED: GuestEnding = { kind: "ended" };
const GOOD = '##result {"name":"a","passed":true,"detail":""}';
const BAD = '##result {"name":"b","passed":false,"detail":"why"}';

function read(...lines: readonly string[]): GuestReport {
  return readConsole(["[ 0.1] Linux version", ...lines].join("\r\n"), ENDED, true);
}

test("a run whose every line arrived has its results, its exit code and no problem", () => {
  expect(read("##start 0 2.5", "noise", GOOD, GOOD, "##end 2", "##exit 0 0", "reboot: Power down")).toEqual({
    results: [
      { name: "a", passed: true, detail: "" },
      { name: "a", passed: true, detail: "" },
    ],
    exitCode: 0,
    problem: null,
  });
});

test("a failed result is no problem of the run as a whole", () => {
  const report = read("##start 0 2.5", GOOD, BAD, "##end 2", "##exit 1 0");
  expect(report.problem).toBeNull();
  expect(report.results.map((result) => result.passed)).toEqual([true, false]);
});

test("a panic outranks whatever was reported before it", () => {
  const report = read("##start 0 2.5", GOOD, "[   3.1] Kernel panic - not syncing: sysrq triggered crash", "##end 1");
  expect(report.problem).toBe("The guest's kernel crashed: Kernel panic - not syncing: sysrq triggered crash");
});

test("a missing end marker, a missing exit code and a missing start are problems", () => {
  expect(read("##start 0 2.5", GOOD, "##exit 0 0").problem).toBe(
    "The program ended with exit code 0 before it had reported its end.",
  );
  expect(read("##start 0 2.5", GOOD, "##end 1").problem).toBe(
    "The guest ended without telling the program's exit code.",
  );
  expect(read("qemu: no such device").problem).toBe("The guest ended before it ran the program: qemu: no such device");
});

test("a stopped guest says what it was doing and for how long", () => {
  const stopped: GuestEnding = { kind: "stopped", afterMs: 2340 };
  expect(readConsole("BIOS", stopped, true).problem).toBe("The guest was still starting after 2.3 s and was stopped.");
  expect(readConsole("\n##start 0 1\n", stopped, true).problem).toBe(
    "The guest was still running the program after 2.3 s and was stopped.",
  );
});

test("a result that was lost or damaged on the way is a problem", () => {
  expect(read("##start 0 2", GOOD, "##end 2", "##exit 0 0").problem).toBe(
    "The program reported 2 results, of which 1 arrived.",
  );
  const damaged = '##result {"name":"a","pass[ 3.0] printk';
  expect(read("##start 0 2", damaged, "##end 1", "##exit 0 0").problem).toBe(
    'A result arrived damaged: {"name":"a","pass[ 3.0] printk',
  );
  expect(read("##start 0 2", '##result {"name":"a"}', "##end 1", "##exit 0 0").problem).toStartWith(
    "A result arrived damaged",
  );
});

test("no results at all and an exit code that no result explains are problems", () => {
  expect(read("##start 0 2", "##end 0", "##exit 0 0").problem).toBe("The program reported its end but no result.");
  expect(read("##start 0 2", GOOD, "##end 1", "##exit 3 0").problem).toBe(
    "All results are good but the exit code is 3.",
  );
});

test("a taint of the kernel counts when it was gained while the program ran and means trouble", () => {
  expect(read("##start 512 2", GOOD, "##end 1", "##exit 0 512").problem).toBeNull();
  expect(read("##start 0 2", GOOD, "##end 1", "##exit 0 8192").problem).toBeNull();
  expect(read("##start 0 2", GOOD, "##end 1", "##exit 0 512").problem).toBe(
    "The guest's kernel met a warning while the program ran.",
  );
});

test("a step of the set-up that failed is named", () => {
  expect(read("##broken insmod /guest/modules/virtio.ko").problem).toBe(
    "The guest could not be set up: insmod /guest/modules/virtio.ko failed.",
  );
});

test("a program that does not report is judged by the guest alone", () => {
  expect(readConsole("\n##start 0 2\nhello\n##exit 4 0\n", ENDED, false)).toEqual({
    results: [],
    exitCode: 4,
    problem: null,
  });
});
