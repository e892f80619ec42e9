import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A way to run a load: "taskset -c 1", or a cgroup to be in. */
export interface LoadPlace {
  readonly cpu?: number;
  /** Directory of a cgroup v2. */
  readonly cgroup?: string;
}

/** Starts the command where it is asked to run; the shell moves itself before it becomes the command. */
export function spawnAt(
  command: readonly string[],
  { cpu, cgroup }: LoadPlace = {},
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const pinned = cpu === undefined ? command : ["taskset", "-c", String(cpu), ...command];
  const moved =
    cgroup === undefined ? pinned : ["sh", "-c", `echo $$ > "$0/cgroup.procs" && exec "$@"`, cgroup, ...pinned];
  return Bun.spawn([...moved], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

async function runAt(command: readonly string[], place?: LoadPlace): Promise<void> {
  const process = spawnAt(command, place);
  const stderr = await new Response(process.stderr).text();
  if ((await process.exited) !== 0) throw new Error(`The load "${command.join(" ")}" failed:\n${stderr}`);
}

export const udpCommand = (packets: number): string[] => [
  process.execPath,
  join(import.meta.dir, "send-udp.ts"),
  String(packets),
];

/** Runs net_rx for longer than packets alone do. */
export const tcpCommand = (): string[] => [process.execPath, join(import.meta.dir, "stream-tcp.ts")];

/** Runs net_rx about once for every packet. */
export const sendUdp = (packets: number, place?: LoadPlace): Promise<void> => runAt(udpCommand(packets), place);

/** A file on a real disk to be read past the page cache. */
export class DiskFile implements Disposable {
  readonly #folder: string;
  readonly path: string;
  static readonly #blocks = 4096;

  constructor() {
    // The checkout's disk: /tmp may be memory.
    this.#folder = mkdtempSync(join(import.meta.dir, ".disk-"));
    this.path = join(this.#folder, "file");
    const file = openSync(this.path, "w");
    const block = new Uint8Array(4096).fill(0x5a);
    for (let index = 0; index < DiskFile.#blocks; index++) writeSync(file, block);
    fsyncSync(file);
    closeSync(file);
  }

  readCommand(reads: number): string[] {
    const script = `n=$2; while [ $n -gt 0 ]; do c=${DiskFile.#blocks}; [ $n -lt $c ] && c=$n; dd if="$1" of=/dev/null bs=4k iflag=direct count=$c status=none || exit 1; n=$((n - c)); done`;
    return ["sh", "-c", script, "read-disk", this.path, String(reads)];
  }

  /** One device interrupt a read, or a little fewer where the device joins completions. */
  read(reads: number, place?: LoadPlace): Promise<void> {
    return runAt(this.readCommand(reads), place);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
