/** ISO 8601 in UTC with microseconds: a Date holds no more than milliseconds. */
export function isoMicroseconds(unixMs: number): string {
  const whole = Math.floor(unixMs);
  const microseconds = Math.floor((unixMs - whole) * 1_000);
  return new Date(whole).toISOString().replace("Z", `${String(microseconds).padStart(3, "0")}Z`);
}
