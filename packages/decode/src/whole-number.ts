/** The value as a `bigint` or integer `number` between two bounds. */
export function checkWhole<T extends number | bigint>(value: unknown, lowest: T, highest: T, path: string): T {
  if (typeof value !== typeof lowest) {
    throw new TypeError(`Cannot write "${path}": a ${typeof lowest} belongs there, this is ${describe(value)}.`);
  }
  const whole = value as T;
  const isWhole = typeof whole === "bigint" || Number.isInteger(whole);
  if (!isWhole || whole < lowest || whole > highest) {
    throw new RangeError(`Cannot write "${path}": ${whole} is not a whole number from ${lowest} to ${highest}.`);
  }
  return whole;
}

/** The error for 8 bytes that hold more than a `number` can say exactly. */
export function tooLargeForNumber(value: bigint, path: string): RangeError {
  return new RangeError(
    `Cannot read "${path}" as a number: ${value} is beyond 2^53 - 1. Read it as a bigint, with the layout u64 or i64.`,
  );
}

/** A value in an error message. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${value}n`;
    default:
      return `of type ${typeof value}`;
  }
}
