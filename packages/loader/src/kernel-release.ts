import { release } from "node:os";

/** The running kernel's major and minor version. */
export function kernelVersion(): readonly [major: number, minor: number] {
  const match = /^(\d+)\.(\d+)/.exec(release());
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

/** Whether the running kernel is older than a version such as `5.8`. */
export function isKernelBefore(version: string): boolean {
  const [major, minor] = kernelVersion();
  const [wantedMajor = 0, wantedMinor = 0] = version.split(".").map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
