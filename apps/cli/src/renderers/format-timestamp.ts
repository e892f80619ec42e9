/** ISO 8601 with milliseconds and the offset of local time, as 2026-03-29T03:00:00.000+02:00; an offset of null gives UTC with a Z. */
export function formatTimestamp(date: Date, offsetMinutes: number | null): string {
  if (offsetMinutes === null) return date.toISOString();
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const sign = offsetMinutes < 0 ? "-" : "+";
  const minutes = Math.abs(offsetMinutes);
  return `${local}${sign}${twoDigits(Math.trunc(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
