import { release } from "node:os";

/** Whether a kernel (the running one by default) is older than a version such as `5.8`. */
export function isKernelBefore(version: string, kernelRelease: string = release()): boolean {
  const [major, minor] = numbersOf(kernelRelease);
  const [wantedMajor, wantedMinor] = numbersOf(version);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

function numbersOf(release: string): readonly [major: number, minor: number] {
  const match = /^(\d+)\.(\d+)/.exec(release);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}
