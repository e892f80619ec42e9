import { runGuest } from "./guest.ts";
import { storedKernel } from "./kernel-store.ts";
import { GUEST_KERNELS, kernelById } from "./kernels.ts";

const USAGE = `usage: bun tests/vm/boot.ts KERNEL [--module NAME]... [--device QEMU-DEVICE]... [-- PROGRAM [ARGUMENT]...]
Boots a kernel in an emulated machine, runs PROGRAM (default: a shell) in the checkout's root, and powers off.
Kernels: ${GUEST_KERNELS.map((kernel) => kernel.id).join(", ")}`;

interface Arguments {
  readonly kernel: string;
  readonly modules: readonly string[];
  readonly devices: readonly string[];
  readonly command: readonly string[];
}

function parseArguments(words: readonly string[]): Arguments {
  const dashes = words.indexOf("--");
  const [kernel, ...options] = dashes === -1 ? words : words.slice(0, dashes);
  if (kernel === undefined || kernel.startsWith("-") || options.length % 2 !== 0) throw new RangeError(USAGE);
  const modules: string[] = [];
  const devices: string[] = [];
  for (let index = 0; index < options.length; index += 2) {
    const value = options[index + 1] ?? "";
    if (options[index] === "--module") modules.push(value);
    else if (options[index] === "--device") devices.push("-device", value);
    else throw new RangeError(USAGE);
  }
  return { kernel, modules, devices, command: dashes === -1 ? [] : words.slice(dashes + 1) };
}

const SHELL = ["setsid", "cttyhack", "sh"];

async function boot(words: readonly string[]): Promise<number> {
  const { kernel, modules, devices, command } = parseArguments(words);
  const stored = await storedKernel(kernelById(kernel));
  const interactive = process.stdin.isTTY;
  const run = await runGuest(stored, {
    command: command.length === 0 ? SHELL : command,
    modules,
    devices,
    interactive,
    reports: false,
    programLimitMs: interactive ? 24 * 3600 * 1000 : 600_000,
    onConsole: (text) => process.stdout.write(text),
  });
  console.error(
    `${run.problem ?? `Exit code ${run.exitCode}.`} ${(run.elapsedMs / 1000).toFixed(1)} s on ${stored.release}.`,
  );
  return run.problem === null ? (run.exitCode ?? 1) : 1;
}

try {
  process.exitCode = await boot(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
