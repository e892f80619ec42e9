/** A machine on which nobody has ever seen the checkout: what a stranger has who installs the packages. */
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Why an ordinary user cannot be made up here, nor the checkout be hidden; null where it can. */
export function whyNoCleanPlace(): string | null {
  return process.geteuid?.() === 0 ? null : "needs root: sudo ./test";
}

export interface RunOptions {
  /** Below the place's folder; the user's home by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Who runs it: root, or an ordinary user who may use sudo. */
  readonly user?: "root" | "tracer";
  readonly limitMs?: number;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const repository = dirname(dirname(import.meta.dir));
const UID = 61_207;
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const LIMIT_MS = 120_000;

/**
 * Hides the checkout, /tmp and root's home from a command. All of it in a mount namespace of its own, so that the machine
 * stays as it is whatever happens. $1 is the place, which keeps its path, $2 the checkout, $3 Bun and $4 where it is
 * installed, if it is.
 */
const HIDE = `set -eu
place=$1 checkout=$2 bun=$3 installed=$4
shift 4
[ ! -f "$installed" ] || mount --bind "$bun" "$installed"
mount --rbind "$place" /mnt
mount -t tmpfs -o mode=1777 irqtrace-tmp /tmp
mkdir -p "$place"
mount --rbind /mnt "$place"
umount --lazy /mnt
[ ! -d "$checkout" ] || mount -t tmpfs irqtrace-hidden "$checkout"
mount --bind "$place/root" /root
mount --bind "$place/etc" /etc
cd "$PLACE_CWD"
unset PLACE_CWD OLDPWD
exec "$@"`;

export class CleanPlace implements Disposable {
  readonly folder: string;
  /** The ordinary user's. */
  readonly home: string;

  /** Package managers there use the registry; `withBun` installs Bun in the user's home, as its own installer does. */
  constructor(options: { readonly registryUrl?: string; readonly withBun?: boolean }) {
    this.folder = mkdtempSync(join(tmpdir(), "irqtrace-clean-"));
    chmodSync(this.folder, 0o755);
    this.home = join(this.folder, "home/tracer");
    mkdirSync(this.home, { recursive: true });
    mkdirSync(join(this.folder, "root"), { mode: 0o700 });
    // Without a registry of ours nothing is to be installed, from no other either.
    const registry = options.registryUrl ?? "http://127.0.0.1:9/";
    for (const home of [this.home, join(this.folder, "root")])
      writeFileSync(join(home, ".npmrc"), `registry=${registry}\nupdate-notifier=false\n`);
    if (options.withBun !== false) this.#installBun();
    chownTree(this.home);
    this.#addUser();
  }

  /** Where Bun is installed. */
  get bunFolder(): string {
    return join(this.home, ".bun/bin");
  }

  #installBun(): void {
    mkdirSync(this.bunFolder, { recursive: true });
    // The place of a mount: copies of a hundred megabytes add up.
    writeFileSync(join(this.bunFolder, "bun"), "");
    symlinkSync("bun", join(this.bunFolder, "bunx"));
  }

  #addUser(): void {
    const etc = join(this.folder, "etc");
    cpSync("/etc", etc, { recursive: true, verbatimSymlinks: true });
    appendFileSync(join(etc, "passwd"), `tracer:x:${UID}:${UID}::${this.home}:/bin/sh\n`);
    appendFileSync(join(etc, "group"), `tracer:x:${UID}:\n`);
    appendFileSync(join(etc, "shadow"), "tracer:*:20000:0:99999:7:::\n");
    mkdirSync(join(etc, "sudoers.d"), { recursive: true });
    writeFileSync(join(etc, "sudoers.d/tracer"), "tracer ALL=(ALL) NOPASSWD: ALL\n", { mode: 0o440 });
  }

  /** A new empty folder that the ordinary user owns, with some files in it. */
  makeFolder(name: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    chownTree(folder);
    return folder;
  }

  /** A file of this machine under a path of the place. */
  addFile(from: string, to: string): void {
    linkOrCopy(from, to);
    chmodSync(to, 0o755);
  }

  /** Runs a command there, with an environment as after a fresh login. */
  async run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const isOrdinary = options.user === "tracer";
    const env = {
      PATH: `${this.bunFolder}:${SYSTEM_PATH}`,
      HOME: isOrdinary ? this.home : "/root",
      USER: options.user ?? "root",
      LANG: "C.UTF-8",
      PLACE_CWD: options.cwd ?? (isOrdinary ? this.home : "/"),
      ...options.env,
    };
    const hide = [
      ...["unshare", "--mount", "--propagation=private", "sh", "-c", HIDE, "sh"],
      ...[this.folder, repository, process.execPath, join(this.bunFolder, "bun")],
    ];
    const become = ["setpriv", `--reuid=${UID}`, `--regid=${UID}`, "--init-groups", "--"];
    const child = Bun.spawn([...hide, ...(isOrdinary ? become : []), ...command], {
      env,
      cwd: "/",
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: options.limitMs ?? LIMIT_MS,
    });
    const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { exitCode, stdout, stderr };
  }

  /** Runs a command that must succeed, and gives its standard output. */
  async runWell(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(command, options);
    if (exitCode !== 0) throw new Error(`"${command.join(" ")}" ended with ${exitCode}:\n${stdout}${stderr}`);
    return stdout;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // Another file system.
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    copyFileSync(from, to);
  }
}

function chownTree(folder: string): void {
  const chown = Bun.spawnSync(["chown", "-R", "--no-dereference", `${UID}:${UID}`, folder], { stderr: "pipe" });
  if (!chown.success) throw new Error(chown.stderr.toString());
}
