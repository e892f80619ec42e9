import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type GuestEnding, type GuestReport, MARKER, readConsole } from "./console-protocol.ts";
import { EMULATORS } from "./emulator.ts";
import { type GuestProgram, writeInitramfs } from "./initramfs.ts";
import type { StoredKernel } from "./kernel-store.ts";

export interface GuestOptions extends GuestProgram {
  /** More of qemu's arguments: devices that the check wants. */
  readonly devices?: readonly string[] | undefined;
  /** qemu's -smp; default "2". */
  readonly cpus?: string | undefined;
  /** More of the kernel's command line. */
  readonly kernelParameters?: readonly string[] | undefined;
  /** Whether the program reports results through guest/report.ts; default true. */
  readonly reports?: boolean | undefined;
  /** How long the kernel may take until the program starts; default 180 s, for a machine that is busy otherwise. */
  readonly startLimitMs?: number | undefined;
  /** How long the program and the power-off may take; default 300 s. */
  readonly programLimitMs?: number | undefined;
  /** Called with each piece of the console's text as it comes. */
  readonly onConsole?: ((text: string) => void) | undefined;
  /** Connects this process's standard input to the console. */
  readonly interactive?: boolean | undefined;
}

export interface GuestRun extends GuestReport {
  readonly console: string;
  readonly elapsedMs: number;
}

/** Guests that are run at the same time. Each keeps one CPU busy. */
const CONCURRENT_GUESTS = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Boots the kernel in an emulator, runs the program in it and waits for the power-off. What goes wrong inside is in the answer, not thrown. */
export async function runGuest(stored: StoredKernel, options: GuestOptions): Promise<GuestRun> {
  if (running >= CONCURRENT_GUESTS) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  const directory = mkdtempSync(`${tmpdir()}/irqtrace-guest-`);
  try {
    const initramfs = `${directory}/initramfs`;
    await writeInitramfs(initramfs, stored, options);
    return await emulate(emulatorCommand(stored, initramfs, options), options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

async function emulate(command: readonly string[], options: GuestOptions): Promise<GuestRun> {
  const startedNs = Bun.nanoseconds();
  const elapsedMs = (): number => (Bun.nanoseconds() - startedNs) / 1e6;
  const emulator = Bun.spawn([...command], {
    stdin: options.interactive === true ? "inherit" : "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let ending: GuestEnding = { kind: "ended" };
  const stop = (): void => {
    ending = { kind: "stopped", afterMs: elapsedMs() };
    emulator.kill("SIGKILL");
  };
  let limit = setTimeout(stop, options.startLimitMs ?? 180_000);
  let console = "";
  let programStarted = false;
  const decoder = new TextDecoder();
  try {
    for await (const piece of emulator.stdout) {
      const text = decoder.decode(piece, { stream: true });
      console += text;
      options.onConsole?.(text);
      if (programStarted || !console.includes(`\n${MARKER.start} `)) continue;
      programStarted = true;
      clearTimeout(limit);
      limit = setTimeout(stop, options.programLimitMs ?? 300_000);
    }
    const [exitCode, complaint] = await Promise.all([emulator.exited, emulator.stderr.text()]);
    if (ending.kind === "ended" && exitCode !== 0)
      console += `\nThe emulator ended with exit code ${exitCode}: ${complaint}`;
  } finally {
    clearTimeout(limit);
    emulator.kill("SIGKILL");
  }
  return { ...readConsole(console, ending, options.reports ?? true), console, elapsedMs: elapsedMs() };
}

function emulatorCommand(stored: StoredKernel, initramfs: string, options: GuestOptions): readonly string[] {
  const { program, machine, console } = EMULATORS[stored.kernel.architecture];
  // A panic or an oops ends the guest at once, and with it the emulator.
  const parameters = [`console=${console}`, "panic=-1", "oops=panic", ...(options.kernelParameters ?? [])];
  return [
    // The kernel ends the emulator when this process ends, however it does.
    "setpriv",
    "--pdeathsig",
    "KILL",
    program,
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    ...machine,
    "-smp",
    options.cpus ?? "2",
    "-m",
    "1536",
    "-no-reboot",
    "-kernel",
    stored.image,
    "-initrd",
    initramfs,
    "-append",
    parameters.join(" "),
    "-serial",
    options.interactive === true ? "mon:stdio" : "stdio",
    ...(options.devices ?? []),
  ];
}
