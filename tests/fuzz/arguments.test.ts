import { expect } from "bun:test";
import { parseCpuList } from "@irqtrace/loader";
import fc from "fast-check";
import { parseInterval } from "../../apps/cli/src/parse-interval.ts";
import { UsageError } from "../../apps/cli/src/usage-error.ts";
import { fuzz } from "./fuzz.ts";

const MAX_CPU = 65_535;
const digits = fc.oneof(
  fc.nat({ max: 20 }).map(String),
  fc.constantFrom(
    "",
    "007",
    "65535",
    "65536",
    "4294967296",
    "9".repeat(400),
    "-1",
    "+1",
    "1.5",
    "0x1",
    "1e3",
    " 1",
    "１",
  ),
);
/** A list as the kernel writes it, mostly; then something of it is lost, doubled or strange. */
const part = fc.oneof(
  digits,
  fc.tuple(digits, digits).map((numbers) => numbers.join("-")),
  fc.tuple(digits, digits, digits, digits).map(([first, last, used, group]) => `${first}-${last}:${used}/${group}`),
  fc.string({ unit: fc.constantFrom(..."0123456789-:/, \n"), maxLength: 8 }),
);
const cpuList = fc
  .tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom("", "\n", "\n\n", ",", "\0"))
  .map(([parts, end]) => parts.join(",") + end);

/** The same, read another way: sign by sign, as the grammar says; null where it is no list. */
function expectedCpus(text: string): number[] | null {
  const list = text.endsWith("\n") ? text.slice(0, -1) : text;
  if (list === "") return [];
  const cpus = new Set<number>();
  for (const each of list.split(",")) {
    const [range = "", groups, ...rest] = each.split(":");
    const [first = "", last = first, ...further] = range.split("-");
    const [used = "1", group = "1", ...more] = groups === undefined ? [] : groups.split("/");
    const isWhole = [first, last, used, group].every(
      (number) => number !== "" && [...number].every((sign) => "0123456789".includes(sign)),
    );
    const hasRange = range.includes("-");
    if (!isWhole || rest.length + further.length + more.length > 0) return null;
    if (groups !== undefined && !(hasRange && groups.includes("/"))) return null;
    const [from, to, take, every] = [first, last, used, group].map(BigInt) as [bigint, bigint, bigint, bigint];
    if (from > MAX_CPU || to > MAX_CPU || to < from || take < 1n || every < take) return null;
    for (let cpu = from; cpu <= to; cpu++) if ((cpu - from) % every < take) cpus.add(Number(cpu));
  }
  return [...cpus].sort((one, other) => one - other);
}

fuzz("CPU lists are what the grammar says, or refused", 8_000, cpuList, (text) => {
  const expected = expectedCpus(text);
  if (expected !== null) {
    expect([...parseCpuList(text)]).toEqual(expected);
    return;
  }
  let refusal: unknown;
  try {
    parseCpuList(text);
  } catch (error) {
    refusal = error;
  }
  expect(refusal instanceof TypeError || refusal instanceof RangeError).toBe(true);
});

const longList = fc.tuple(fc.constantFrom("0-65535", "0-65535:1/2", "65535"), fc.integer({ min: 1, max: 16_000 }));
fuzz("CPU lists as long as an argument may be take no time", 4, longList, ([range, times]) => {
  const cpus = parseCpuList(new Array(times).fill(range).join(","));
  expect(cpus).toEqual(parseCpuList(range));
});

const amount = fc.oneof(
  fc.tuple(fc.nat({ max: 2_000_000 }), fc.nat({ max: 999_999 })).map(([whole, fraction]) => `${whole}.${fraction}`),
  fc.nat({ max: 2_000_000_000 }).map(String),
  fc.nat({ max: 99_999_999 }).map((fraction) => `.${fraction}`),
  fc.constantFrom(
    "0.01",
    "0.00999999999",
    "0.010000000001",
    "1000000",
    "1000000.0000001",
    "1e3",
    "0x10",
    "Infinity",
    "NaN",
    "-1",
    "1.",
    ".",
    "1_000",
    "9".repeat(400),
    `0.${"0".repeat(400)}1`,
  ),
);
const interval = fc.oneof(
  fc.tuple(amount, fc.constantFrom("", "s", "ms", "us", "m", " s", "S")).map((parts) => parts.join("")),
  fc.string({ unit: fc.constantFrom(..."0123456789.ems- \n"), maxLength: 8 }),
  fc.string(),
);
const PICO_PER_MS = 10n ** 400n;

/** Exact milliseconds as a fraction of PICO_PER_MS, or null where it is no interval. */
function expectedMs(text: string): bigint | null {
  const unit = text.endsWith("ms") ? "ms" : text.endsWith("s") ? "s" : "";
  const number = text.slice(0, text.length - unit.length);
  const [whole = "", fraction, ...rest] = number.split(".");
  const isDigits = (part: string): boolean => [...part].every((sign) => "0123456789".includes(sign));
  if (
    rest.length > 0 ||
    !isDigits(whole) ||
    !isDigits(fraction ?? "") ||
    fraction === "" ||
    (whole === "" && fraction === undefined)
  )
    return null;
  const shifted = BigInt(`${whole}${(fraction ?? "").padEnd(410, "0")}`) * (unit === "ms" ? 1n : 1_000n);
  const exact = shifted / 10n ** 10n;
  return exact >= 10n * PICO_PER_MS && exact <= 1_000_000_000n * PICO_PER_MS ? exact : null;
}

fuzz("intervals are the decimal number that they say, or refused", 10_000, interval, (text) => {
  const exact = expectedMs(text);
  let ms: number;
  try {
    ms = parseInterval(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    // A number within half a nanosecond of a bound may be taken for either side of it.
    if (exact !== null)
      expect(
        Math.min(Math.abs(Number(exact / 10n ** 390n) / 1e10 - 10), 1e9 - Number(exact / PICO_PER_MS)),
      ).toBeLessThan(1e-6);
    return;
  }
  expect(exact).not.toBeNull();
  const milliseconds = Number((exact ?? 0n) / 10n ** 390n) / 1e10;
  expect(Math.abs(ms - milliseconds)).toBeLessThanOrEqual(Math.max(1e-6, milliseconds * 1e-15));
});
