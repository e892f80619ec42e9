import { dirname, join } from "node:path";
import { alternate } from "./alternate.ts";
import { type InstalledCopy, STOP_AT_LIBRARY } from "./installed-copy.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { withBun } from "./with-bun.ts";

/** A command to time, until it says that it has attached or until it ends. */
export interface TimedCommand {
  readonly name: string;
  readonly command: readonly string[];
  readonly until: "first output" | "exit";
  /** 0 by default. */
  readonly exitCode?: number;
}

/** How long a command took, in ms. */
export interface StartUp {
  readonly name: string;
  readonly ms: Spread;
  readonly msOfRounds: readonly number[];
}

/** The row that a start of all own code is compared with. */
export const BARE = "bare Bun script, with the preload that stops";
/** The row of reading the command line and all own code, to where libbpf would be opened. */
export const OWN_CODE = "irqtrace, to opening libbpf";
/** The row of the single-file executable, whose code is compiled. */
export const EXECUTABLE = "irqtrace's executable, to attached";

/** What stop-at-library.js ends with. */
const STOPPED = 77;
const BUN = [process.execPath, "--config=/dev/null", "--no-env-file", "--no-install"];
const BARE_SCRIPT = join(import.meta.dir, "bare-script.ts");

/** All that are compared; `peers` by their names. */
export function timedCommands(
  { irqtrace, untilLibrary }: Pick<InstalledCopy, "irqtrace" | "untilLibrary">,
  executable: string,
  peers: Readonly<Record<string, readonly string[]>>,
): TimedCommand[] {
  const stopped = { until: "exit", exitCode: STOPPED } as const;
  const launched = [join(dirname(dirname(irqtrace)), "dist/irqtrace.js"), "hardirqs", "1", "1"];
  return [
    { name: "bare Bun script", command: [...BUN, BARE_SCRIPT], until: "exit" },
    { name: BARE, command: [...BUN, `--preload=${STOP_AT_LIBRARY}`, BARE_SCRIPT], until: "exit" },
    { name: OWN_CODE, command: [...BUN, `--preload=${STOP_AT_LIBRARY}`, ...launched], ...stopped },
    { name: `${OWN_CODE}, and its launcher`, command: [untilLibrary, "hardirqs", "1", "1"], ...stopped },
    { name: "irqtrace, to attached", command: [irqtrace, "hardirqs", "1", "1"], until: "first output" },
    { name: "irqtrace, one report of 1 s", command: [irqtrace, "hardirqs", "1", "1"], until: "exit" },
    { name: EXECUTABLE, command: [executable, "hardirqs", "1", "1"], until: "first output" },
    ...Object.entries(peers).flatMap(([name, command]): TimedCommand[] => [
      { name: `${name}, to attached`, command: [...command, "1", "1"], until: "first output" },
      { name: `${name}, one report of 1 s`, command: [...command, "1", "1"], until: "exit" },
    ]),
  ];
}

/** Times each command once a round. */
export async function measureStartUp(commands: readonly TimedCommand[], rounds: number): Promise<StartUp[]> {
  const rows = await alternate(commands, rounds, time);
  return commands.map(({ name }, index) => {
    const msOfRounds = rows[index] ?? [];
    return { name, ms: spreadOf(msOfRounds), msOfRounds };
  });
}

/** On a terminal, where every tool tells that it has begun. */
async function time({ command, until, exitCode = 0 }: TimedCommand): Promise<number> {
  const first = Promise.withResolvers<number>();
  const startNs = Bun.nanoseconds();
  const child = Bun.spawn([...command], {
    env: withBun(),
    terminal: { cols: 120, rows: 24, data: () => first.resolve(Bun.nanoseconds()) },
  });
  try {
    const exited = child.exited.then(() => Bun.nanoseconds());
    if (until === "exit" && (await child.exited) !== exitCode)
      throw new Error(`"${command.join(" ")}" ended with ${child.exitCode}, not ${exitCode}.`);
    const endNs = await (until === "exit" ? exited : Promise.race([first.promise, exited]));
    return (endNs - startNs) / 1e6;
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}
