/** A kind of machine that a libbpf is bundled for: its system, processor and C library. */
export type LibbpfTarget = "linux-x64-glibc" | "linux-x64-musl" | "linux-arm64-glibc" | "linux-arm64-musl";

/** Every kind of machine that a libbpf is bundled for. */
export const LIBBPF_TARGETS: readonly LibbpfTarget[] = [
  "linux-x64-glibc",
  "linux-x64-musl",
  "linux-arm64-glibc",
  "linux-arm64-musl",
];

/** What tells the kinds of machines apart. */
export interface Host {
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** Whether this process runs on glibc; else it is taken to run on musl. */
  readonly isGlibc: boolean;
}

/** The target of a host; null for a kind of machine that nothing is bundled for. */
export function targetOf(host: Host): LibbpfTarget | null {
  const name = `${host.platform}-${host.arch}-${host.isGlibc ? "glibc" : "musl"}`;
  return LIBBPF_TARGETS.find((target) => target === name) ?? null;
}

/**
 * The kind of machine that this process runs on.
 *
 * @returns null where no libbpf is bundled for it
 *
 * @example
 * ```ts
 * import { libbpfTarget } from "@irqtrace/libbpf";
 *
 * console.log(libbpfTarget() ?? "not bundled for this machine"); // such as "linux-x64-glibc"
 * ```
 */
export function libbpfTarget(): LibbpfTarget | null {
  const { platform, arch } = process;
  // The report is costly enough not to be asked for on machines that are out of the question.
  if (targetOf({ platform, arch, isGlibc: true }) === null) return null;
  return targetOf({ platform, arch, isGlibc: runsOnGlibc() });
}

function runsOnGlibc(): boolean {
  const report: unknown = process.report?.getReport();
  const header: unknown = propertyOf(report, "header");
  return typeof propertyOf(header, "glibcVersionRuntime") === "string";
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
