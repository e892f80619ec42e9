import { realpathSync } from "node:fs";
import { runCommand } from "../../scripts/debian/run-command.ts";

/** A file of this machine and where the guest finds it. */
export interface UserlandFile {
  readonly source: string;
  readonly path: string;
}

/**
 * What every guest of this machine's architecture has besides the kernel and the checkout: a static busybox, and Bun with the libraries
 * it needs. libbpf comes with the checkout.
 */
export async function userland(bun: string): Promise<readonly UserlandFile[]> {
  const libraries = await sharedLibraries(bun);
  return [
    { source: realpathSync(await staticBusybox()), path: "/bin/busybox" },
    { source: realpathSync(bun), path: "/bin/bun" },
    // The dynamic loader looks for a library where this machine's has it.
    ...libraries.map((library) => ({ source: realpathSync(library), path: library })),
  ];
}

async function staticBusybox(): Promise<string> {
  const busybox = Bun.which("busybox");
  if (busybox === null) throw new Error("busybox is not installed (Debian: busybox-static).");
  const header = new Uint8Array(await Bun.file(busybox).slice(0, 4096).arrayBuffer());
  if (Buffer.from(header).includes("ld-linux"))
    throw new Error(`${busybox} is not a static program (Debian: busybox-static).`);
  return busybox;
}

/** The absolute paths that the dynamic loader resolves for an executable or a library, itself included. */
async function sharedLibraries(file: string): Promise<readonly string[]> {
  const listing = await runCommand(["ldd", file]);
  const missing = /^\s*(\S+) => not found/m.exec(listing)?.[1];
  if (missing !== undefined) throw new Error(`${file} needs ${missing}, which is not installed.`);
  return [...listing.matchAll(/(\/\S+) \(0x/g)].flatMap((match) => match[1] ?? []);
}
