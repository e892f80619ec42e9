/** Older ones treat foreign strings otherwise than the loader knows. */
export const OLDEST_BUN = "1.4.0";

export function isBunTooOld(version: string): boolean {
  return Bun.semver.order(version, OLDEST_BUN) < 0;
}
