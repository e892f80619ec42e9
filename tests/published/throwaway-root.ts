/** A machine's file system, of which one process has a copy to change: what it installs is gone when it ends. */
import { dirname } from "node:path";
import type { RunResult } from "./clean-place.ts";

const repository = dirname(dirname(import.meta.dir));
const LIMIT_MS = 120_000;

/** $1 is the file system, $2 the checkout, which is out of sight, $3 a folder that is seen as /mnt, $4 the commands. */
const ENTER = `set -eu
mount -t tmpfs irqtrace-root /run
mkdir /run/upper /run/work /run/root
mount -t overlay -o "lowerdir=$1,upperdir=/run/upper,workdir=/run/work" irqtrace-root /run/root
for folder in proc sys dev tmp mnt; do mkdir -p "/run/root/$folder"; done
for folder in proc sys dev; do mount --rbind "/$folder" "/run/root/$folder"; done
mount -t tmpfs -o mode=1777 irqtrace-tmp /run/root/tmp
mount --bind "$3" /run/root/mnt
mount -o remount,bind,ro /run/root/mnt
[ ! -d "/run/root$2" ] || mount -t tmpfs irqtrace-hidden "/run/root$2"
exec chroot /run/root /bin/sh -euc "$4"`;

/**
 * Runs shell commands in such a copy, as root; `folder` is its /mnt, to be read only. The copy is of this machine, or of the
 * root file system in `original`.
 */
export async function runInThrowawayRoot(folder: string, commands: string, original = "/"): Promise<RunResult> {
  const parameters = [original, repository, folder, commands];
  const enter = ["unshare", "--mount", "--propagation=private", "sh", "-c", ENTER, "sh", ...parameters];
  const child = Bun.spawn(enter, {
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LANG: "C.UTF-8" },
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: LIMIT_MS,
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { exitCode, stdout, stderr };
}
