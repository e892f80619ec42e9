export type KernelVersion = readonly [major: number, minor: number];

/** The version in what `uname -r` prints; null where there is none. */
export function parseKernelVersion(release: string): KernelVersion | null {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
}

/** Null where the version is not known. */
export function isBefore(version: KernelVersion | null, [major, minor]: KernelVersion): boolean | null {
  return version === null ? null : version[0] < major || (version[0] === major && version[1] < minor);
}
