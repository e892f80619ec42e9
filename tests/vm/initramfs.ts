import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { checkoutEntries, GUEST_CHECKOUT } from "./checkout.ts";
import { type CpioEntry, cpioArchive } from "./cpio.ts";
import { foreignUserland } from "./foreign-userland.ts";
import { resolveModules } from "./kernel-modules.ts";
import { CACHE_DIRECTORY, REPOSITORY, type StoredKernel } from "./kernel-store.ts";
import { type Architecture, THIS_ARCHITECTURE } from "./kernels.ts";
import { type UserlandFile, userland } from "./userland.ts";

/** What is run in the guest, and what it needs besides the checkout. */
export interface GuestProgram {
  /** Looked up in the guest's /bin and run in the checkout's root. */
  readonly command: readonly string[];
  /** Modules of the kernel's package that are loaded before it runs. */
  readonly modules?: readonly string[] | undefined;
  /** More files. */
  readonly files?: readonly CpioEntry[] | undefined;
}

/**
 * Writes the root file system of one boot to `target`: an archive of busybox and Bun, the same for every kernel and kept in the
 * cache, then one of the checkout, the modules and the program. The kernel unpacks archives that lie end to end one after the other.
 * Nothing is compressed, because decompressing is slow in an emulated machine.
 */
export async function writeInitramfs(target: string, stored: StoredKernel, program: GuestProgram): Promise<void> {
  const base = await baseArchive(stored.kernel.architecture);
  const writer = Bun.file(target).writer();
  writer.write(await Bun.file(base).arrayBuffer());
  for (const piece of cpioArchive([
    ...guestEntries(stored, program),
    ...checkoutEntries(REPOSITORY),
    ...(program.files ?? []),
  ]))
    writer.write(piece);
  await writer.end();
}

const baseArchives = new Map<Architecture, Promise<string>>();

/** Made once by a process, however many guests are started at once. */
function baseArchive(architecture: Architecture): Promise<string> {
  const known = baseArchives.get(architecture);
  if (known !== undefined) return known;
  const made = filesOf(architecture).then(cachedArchive);
  baseArchives.set(architecture, made);
  return made;
}

function filesOf(architecture: Architecture): Promise<readonly UserlandFile[]> {
  return architecture === THIS_ARCHITECTURE
    ? userland(process.execPath)
    : foreignUserland(architecture, REPOSITORY, CACHE_DIRECTORY);
}

/** The cached archive for the present versions of the files; another version of a file makes another archive. */
async function cachedArchive(files: readonly UserlandFile[]): Promise<string> {
  const states = files.map(({ source, path }) => {
    const { size, mtimeMs } = statSync(source);
    return `${path} ${source} ${size} ${mtimeMs}`;
  });
  const archive = `${CACHE_DIRECTORY}/userland-${Bun.hash(states.join("\n")).toString(16)}.cpio`;
  if (existsSync(archive)) return archive;
  const entries = files.map(async ({ source, path }): Promise<CpioEntry> => {
    return { path, kind: "file", content: await Bun.file(source).bytes(), executable: true };
  });
  mkdirSync(CACHE_DIRECTORY, { recursive: true });
  const unfinished = `${archive}.${process.pid}`;
  const writer = Bun.file(unfinished).writer();
  for (const piece of cpioArchive(await Promise.all(entries))) writer.write(piece);
  await writer.end();
  renameSync(unfinished, archive);
  removeOldArchives();
  return archive;
}

/** Also what an interrupted run left unfinished. A week is longer than any run that may still read one. */
function removeOldArchives(): void {
  const weekAgoMs = Date.now() - 7 * 24 * 3600 * 1000;
  for (const name of readdirSync(CACHE_DIRECTORY).filter((file) => file.startsWith("userland-"))) {
    const path = `${CACHE_DIRECTORY}/${name}`;
    const made = statSync(path, { throwIfNoEntry: false });
    if (made !== undefined && made.mtimeMs < weekAgoMs) rmSync(path, { force: true });
  }
}

function guestEntries(stored: StoredKernel, program: GuestProgram): readonly CpioEntry[] {
  const modules = resolveModules(stored.modules, program.modules ?? []);
  const insmods = modules.map(({ name }) => `step insmod /guest/modules/${name}.ko`).join("\n");
  return [
    { path: "/init", kind: "file", content: initScript(insmods), executable: true },
    { path: "/guest/command", kind: "file", content: `exec ${program.command.map(shellQuoted).join(" ")}\n` },
    ...modules.map(({ name, content }): CpioEntry => ({ path: `/guest/modules/${name}.ko`, kind: "file", content })),
  ];
}

/** Process 1 of the guest. Its lines that start with ## are read by console-protocol.ts. */
function initScript(insmods: string): string {
  return `#!/bin/busybox sh
step() { "$@" || { echo "##broken $*"; poweroff -f; }; }
/bin/busybox --install -s /bin
step mkdir -p /proc /sys /dev /tmp /run /sbin
step mount -t proc proc /proc
step mount -t sysfs sysfs /sys
step mount -t devtmpfs devtmpfs /dev
step mkdir -p /dev/pts /dev/shm
step mount -t devpts devpts /dev/pts
step mount -t tmpfs tmpfs /dev/shm
step mount -t tmpfs tmpfs /tmp
step mount -t cgroup2 cgroup2 /sys/fs/cgroup
step mount -t securityfs securityfs /sys/kernel/security
step mount -t tracefs tracefs /sys/kernel/tracing
step mount -t bpf bpf /sys/fs/bpf
step ip link set lo up
${insmods}
# Only the kernel's errors may come between the program's lines; a panic or an oops raises the level again by itself.
step dmesg -n 4
export PATH=/bin HOME=/tmp
step cd ${GUEST_CHECKOUT}
echo "##start $(cat /proc/sys/kernel/tainted) $(cut -d ' ' -f 1 /proc/uptime)"
sh /guest/command
code=$?
tainted=$(cat /proc/sys/kernel/tainted)
# The kernel's log is wanted only where it warned: bad page, oops, warning, soft lockup.
[ $((tainted & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) = 0 ] || dmesg | tail -n 200
echo "##exit $code $tainted"
poweroff -f
`;
}

function shellQuoted(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
