import { join } from "node:path";
import { alternate } from "./alternate.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { withBun } from "./with-bun.ts";

/** A command to time, until it says that it has attached or until it ends. */
export interface TimedCommand {
  readonly name: string;
  readonly command: readonly string[];
  readonly until: "first output" | "exit";
  /** 0 by default. */
  readonly exitCode?: number;
  /** Runs as nobody, who may load nothing. */
  readonly asNobody?: boolean;
}

/** How long a command took, in ms. */
export interface StartUp {
  readonly name: string;
  readonly ms: Spread;
  readonly msOfRounds: readonly number[];
}

const NOT_PERMITTED = 3;
const BARE = [process.execPath, "--config=/dev/null", "--no-env-file", join(import.meta.dir, "bare-script.ts")];

/** All that are compared; `peers` by their names. */
export function timedCommands(irqtrace: string, peers: Readonly<Record<string, readonly string[]>>): TimedCommand[] {
  return [
    { name: "bare Bun script", command: BARE, until: "exit" },
    // Everything but loading: the kernel refuses that, after all code was read.
    {
      name: "irqtrace, all its own code",
      command: [irqtrace, "hardirqs", "1", "1"],
      until: "exit",
      exitCode: NOT_PERMITTED,
      asNobody: true,
    },
    { name: "irqtrace, to attached", command: [irqtrace, "hardirqs", "1", "1"], until: "first output" },
    { name: "irqtrace, one report of 1 s", command: [irqtrace, "hardirqs", "1", "1"], until: "exit" },
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
async function time({ command, until, exitCode = 0, asNobody = false }: TimedCommand): Promise<number> {
  const words = asNobody ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...command] : command;
  const first = Promise.withResolvers<number>();
  const startNs = Bun.nanoseconds();
  const child = Bun.spawn([...words], {
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
