import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bpftraceCommand } from "./bpftrace.ts";
import { type NoteMissing, newestBpftrace, newestLibbpfTools, type PeerTree, peerCommand } from "./newest-peers.ts";

/** The two kinds of interrupt that every subject can measure. */
export type Kind = "hardirqs" | "softirqs";

/** Something that attaches programs: a tool, in one of its modes, or a yardstick. */
export interface Subject {
  readonly name: string;
  readonly kind: Kind;
  readonly command: readonly string[];
  /** Its programs run for other interrupts, too: the kernel's statistics tell the mean of all its pairs, not one kind's. */
  readonly isMixed: boolean;
  /** An optional capability of irqtrace's, which no peer has. */
  readonly isOptional: boolean;
}

const BUN = [process.execPath, "--config=/dev/null", "--no-env-file", "--no-install"];
const ALL_CPUS = readFileSync("/sys/devices/system/cpu/possible", "utf8").trim();

/** Holds programs of the benchmark's own, built with macros defined, for one kind of interrupt. */
export const yardstick = (file: string, kind: Kind, ...macros: string[]): readonly string[] => [
  ...[...BUN, join(import.meta.dir, "attach-object.ts"), file, kind, ...macros],
];

/** A capability: the words after `irqtrace`, and whether it takes programs for other interrupts. */
type Capability = readonly [name: string, words: readonly string[], isMixed?: boolean];

const CAPABILITIES: Readonly<Record<Kind, readonly Capability[]>> = {
  hardirqs: [
    ["irqtrace --self", ["hardirqs", "--self"], true],
    ["irqtrace --class all", ["hardirqs", "--class", "all"], true],
    ["irqtrace --cpu, all", ["hardirqs", "--cpu", ALL_CPUS]],
    ["irqtrace --cgroup /", ["hardirqs", "--cgroup", "/"]],
    ["irqtrace slow", ["slow", "--class", "device"]],
    ["irqtrace victims", ["victims", "--class", "device"]],
  ],
  softirqs: [
    ["irqtrace --self", ["softirqs", "--self"], true],
    ["irqtrace --latency", ["softirqs", "--latency"]],
    ["irqtrace --places", ["softirqs", "--places"]],
    ["irqtrace --cpu, all", ["softirqs", "--cpu", ALL_CPUS]],
    ["irqtrace --cgroup /", ["softirqs", "--cgroup", "/"]],
    ["irqtrace slow", ["slow", "--class", "softirq"]],
    ["irqtrace victims", ["victims", "--class", "softirq"], true],
  ],
};

const modesOf = (kind: Kind): readonly Capability[] => [
  ["irqtrace --count", [kind, "--count"]],
  ["irqtrace", [kind]],
  ["irqtrace --per-cpu", [kind, "--per-cpu"]],
];

/** The subjects of a kind that this machine has: all, or those wanted. */
export function subjectsOf(
  kind: Kind,
  irqtrace: string,
  missing: NoteMissing,
  isWanted: (name: string) => boolean = () => true,
): Subject[] {
  const all: readonly (readonly [name: string, command: () => readonly string[] | null, isMixed?: boolean])[] = [
    ["empty", () => yardstick("empty", kind)],
    ["floor", () => yardstick("floor", kind)],
    ...[...modesOf(kind), ...CAPABILITIES[kind]].map(
      ([name, words, isMixed]) => [name, () => [irqtrace, ...words], isMixed ?? false] as const,
    ),
    ["libbpf-tools, this system's", () => installed(`/usr/sbin/${kind}`, missing)],
    ["libbpf-tools, newest", () => ofTree(newestLibbpfTools(missing), (tree) => peerCommand(tree, `${kind}-libbpf`))],
    ["bpftrace, newest", () => ofTree(newestBpftrace(missing), (tree) => bpftraceCommand(tree, kind))],
  ];
  const optional = new Set(CAPABILITIES[kind].map(([name]) => name));
  return all.flatMap(([name, commandOf, isMixed = false]) => {
    const command = isWanted(name) ? commandOf() : null;
    return command === null ? [] : [{ name, kind, command, isMixed, isOptional: optional.has(name) }];
  });
}

const ofTree = <T>(tree: PeerTree | null, command: (tree: PeerTree) => T): T | null =>
  tree === null ? null : command(tree);

function installed(program: string, missing: NoteMissing): readonly string[] | null {
  const path = Bun.which(program);
  if (path !== null) return [path];
  missing(program, "it is not installed");
  return null;
}

/** What capabilities are measured beside. */
const BESIDE_CAPABILITIES = ["empty", "floor", "irqtrace"];

/** What is measured together, so that what is compared lies close in time: by kind, modes with peers, or capabilities. */
export function subjectGroups(subjects: readonly Subject[], group: "modes" | "capabilities"): readonly Subject[][] {
  return (["hardirqs", "softirqs"] as const).map((wanted) =>
    subjects.filter(
      ({ kind, name, isOptional }) =>
        kind === wanted && (group === "modes" ? !isOptional : isOptional || BESIDE_CAPABILITIES.includes(name)),
    ),
  );
}
