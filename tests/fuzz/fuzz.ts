import { test } from "bun:test";
import fc from "fast-check";

/** Variables that make a run longer, other, or the same again; CONTRIBUTING.md tells them. */
const {
  IRQTRACE_FUZZ: longer = "5",
  IRQTRACE_FUZZ_SEED: seed = "20",
  IRQTRACE_FUZZ_TARGET: only,
  IRQTRACE_FUZZ_PATH: path,
} = process.env;

/** No case has more to do than this takes; time of the processor, for other processes may have more. */
const CASE_LIMIT_MS = 5_000;
const TEST_LIMIT_MS = 3_600_000;

/** How many times the cases that a target asks for are run. */
export const LONGER: number = wholeNumber("IRQTRACE_FUZZ", longer);

/** Where cases start. */
export const SEED: number = wholeNumber("IRQTRACE_FUZZ_SEED", seed);

/**
 * A test of a target: `check` has to return for every input. On failure it tells the smallest input that it found, and
 * how to get there again.
 */
export function fuzz<Input>(
  target: string,
  runs: number,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void | Promise<void>,
): void {
  if (only !== undefined && only !== target) return;
  test(
    target,
    async () => {
      let cases = 0;
      const property = fc.asyncProperty(inputs, async (input) => {
        cases++;
        const start = process.cpuUsage();
        await check(input);
        const { user, system } = process.cpuUsage(start);
        const tookMs = (user + system) / 1_000;
        if (tookMs > CASE_LIMIT_MS) throw new Error(`It took ${Math.round(tookMs)} ms.`);
      });
      const parameters = { seed: SEED, numRuns: runs * LONGER, ...(path === undefined ? {} : { path }) };
      const details = await fc.check(property, parameters);
      if (details.failed) {
        const again = `IRQTRACE_FUZZ_SEED=${details.seed} IRQTRACE_FUZZ_PATH=${details.counterexamplePath}`;
        throw new Error(`Again with ${again} IRQTRACE_FUZZ_TARGET='${target}'\n${fc.defaultReportMessage(details)}`);
      }
      console.log(`  ${cases} cases: ${target}`);
    },
    TEST_LIMIT_MS,
  );
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`${name}=${text}: allowed is a whole number from 1.`);
  return number;
}
