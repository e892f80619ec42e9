import { join } from "node:path";
import { countLinks } from "./attached-programs.ts";
import { newestPeers, type PeerTree } from "./newest-peers.ts";
import { withBun } from "./with-bun.ts";

/** The two kinds of interrupt that every subject can measure. */
export type Kind = "hardirqs" | "softirqs";

/** Something that attaches programs: a tool, in one of its modes, or a yardstick. */
export interface Subject {
  readonly name: SubjectName;
  readonly kind: Kind;
  readonly command: readonly string[];
}

export const SUBJECT_NAMES = [
  "empty",
  "floor",
  "irqtrace --count",
  "irqtrace",
  "irqtrace --per-cpu",
  "libbpf-tools, this system's",
  "libbpf-tools, newest",
  "bpftrace",
] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

const BUN = [process.execPath, "--config=/dev/null", "--no-env-file", "--no-install"];

const ONE_LINERS: Readonly<Record<Kind, string>> = {
  hardirqs:
    "rawtracepoint:irq_handler_entry { @start[cpu] = nsecs; } rawtracepoint:irq_handler_exit /@start[cpu]/ { @ns[arg0] = sum(nsecs - @start[cpu]); delete(@start[cpu]); }",
  softirqs:
    "rawtracepoint:softirq_entry { @start[cpu] = nsecs; } rawtracepoint:softirq_exit /@start[cpu]/ { @ns[arg0] = sum(nsecs - @start[cpu]); delete(@start[cpu]); }",
};

/** Is told what cannot be measured here, and why. */
export type NoteMissing = (name: string, reason: string) => void;

/** All subjects of a kind that this machine has. */
export function subjectsOf(kind: Kind, irqtrace: string, missing: NoteMissing): Subject[] {
  const newest = newestPeers(missing);
  const commands: Readonly<Record<SubjectName, readonly string[] | null>> = {
    empty: [...BUN, join(import.meta.dir, "attach-object.ts"), "empty", kind],
    floor: [...BUN, join(import.meta.dir, "attach-object.ts"), "floor", kind],
    "irqtrace --count": [irqtrace, kind, "--count"],
    irqtrace: [irqtrace, kind],
    "irqtrace --per-cpu": [irqtrace, kind, "--per-cpu"],
    "libbpf-tools, this system's": installed(`/usr/sbin/${kind}`, [], missing),
    "libbpf-tools, newest": newest === null ? null : peerCommand(newest, kind),
    bpftrace: installed("bpftrace", ["-e", ONE_LINERS[kind]], missing),
  };
  return SUBJECT_NAMES.flatMap((name) => {
    const command = commands[name];
    return command === null ? [] : [{ name, kind, command }];
  });
}

function installed(program: string, words: readonly string[], missing: NoteMissing): readonly string[] | null {
  const path = Bun.which(program);
  if (path !== null) return [path, ...words];
  missing(program, "it is not installed");
  return null;
}

/** Runs a tool of another release with that release's loader and libraries. */
export const peerCommand = ({ loader, libraries, folder }: PeerTree, kind: Kind): readonly string[] => [
  loader,
  "--library-path",
  libraries,
  join(folder, `${kind}-libbpf`),
];

/** A subject that runs. */
export interface RunningSubject {
  readonly pid: number;
  stop(): Promise<void>;
}

const PATIENCE_MS = 20_000;
const STABLE_MS = 300;

/** Starts a subject and waits until it has attached whatever it attaches. */
export async function start({ name, command }: Subject): Promise<RunningSubject> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe", env: withBun() });
  const deadline = Date.now() + PATIENCE_MS;
  for (let links = 0, since = Date.now(); links === 0 || Date.now() - since < STABLE_MS; await Bun.sleep(20)) {
    if (child.exitCode !== null) throw new Error(`${name} ended:\n${await new Response(child.stderr).text()}`);
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${name} attached nothing in ${PATIENCE_MS} ms.`);
    }
    const now = countLinks(child.pid);
    if (now !== links) [links, since] = [now, Date.now()];
  }
  return {
    pid: child.pid,
    stop: async () => {
      child.kill(name === "empty" || name === "floor" ? "SIGKILL" : "SIGINT");
      await child.exited;
    },
  };
}
