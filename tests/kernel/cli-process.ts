import { dlopen } from "bun:ffi";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { libbpf } from "@irqtrace/loader";

/** The checkout's own start script: what a user runs. */
export const IRQTRACE: string = resolve(import.meta.dir, "../../irqtrace");

export type CliProcess = Bun.Subprocess<"ignore", "pipe", "pipe">;

export function spawnIrqtrace(...words: readonly string[]): CliProcess {
  return Bun.spawn([IRQTRACE, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

/** How a run ended, and all that it wrote. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runIrqtrace(...words: readonly string[]): Promise<CliResult> {
  return await resultOf(spawnIrqtrace(...words));
}

export async function resultOf(child: CliProcess): Promise<CliResult> {
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
}

/** The lines of a stream as they come. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") throw new Error(`The output ends within a line: ${rest}`);
}

/** What a process holds of BPF, as "prog 12", "map 7" and "link 3". */
export function bpfObjectsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).flatMap((fd) => {
    // A descriptor may be closed between the listing and the reading.
    const text = readTextOrNothing(`${folder}/${fd}`);
    return Array.from(text.matchAll(/^(prog|map|link)_id:\s*(\d+)$/gm), ([, kind, id]) => `${kind} ${id}`);
  });
}

function readTextOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** Those of the objects that the kernel still knows. */
export function survivorsOf(objects: readonly string[]): readonly string[] {
  const byId = { args: ["u32"], returns: "i32" } as const;
  const library = dlopen(libbpf().path, {
    bpf_prog_get_fd_by_id: byId,
    bpf_map_get_fd_by_id: byId,
    bpf_link_get_fd_by_id: byId,
  });
  const libc = dlopen("libc.so.6", { close: { args: ["i32"], returns: "i32" } });
  const open = {
    prog: library.symbols.bpf_prog_get_fd_by_id,
    map: library.symbols.bpf_map_get_fd_by_id,
    link: library.symbols.bpf_link_get_fd_by_id,
  };
  return objects.filter((object) => {
    const [kind, id] = object.split(" ");
    const fd = open[kind as keyof typeof open](Number(id));
    if (fd >= 0) libc.symbols.close(fd);
    return fd >= 0;
  });
}

/** Waits until the condition holds; a condition that never does fails by the test's own time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(10);
}
