import { expect } from "bun:test";
import fc from "fast-check";
import { type Flag, wordsOf } from "../../apps/cli/src/command-grammar.ts";
import { COMMANDS } from "../../apps/cli/src/commands.ts";
import { FLAVOURS, FORMATS } from "../../apps/cli/src/invocation.ts";
import { main } from "../../apps/cli/src/main.ts";
import { parseCommandLine, type Request } from "../../apps/cli/src/parse-command-line.ts";
import { parsePlainWords } from "../../apps/cli/src/parse-plain-words.ts";
import { parseWithCommander } from "../../apps/cli/src/parse-with-commander.ts";
import { FakeEnvironment } from "../../apps/cli/src/testing/fake-environment.ts";
import { scriptOf } from "../../apps/cli/src/testing/scripts.ts";
import { UsageError } from "../../apps/cli/src/usage-error.ts";
import { fuzz } from "./fuzz.ts";

const USAGE = 2;
const CPUS = [0, 1, 2, 3];
const flags: readonly Flag[] = COMMANDS.flatMap((command) => command.flags);
const flagWords = flags.flatMap(wordsOf);

/** Values of every flag, right ones and wrong ones. */
const value = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "0-3",
    "0,2",
    "4",
    "100ms",
    "0.5",
    "1s",
    "json",
    "csv",
    "table",
    "total",
    "name",
    "irq",
    "vector",
    "tp_btf",
    "raw_tp",
    "eth*",
    "[9-0]",
    "/",
    "./-x",
    "bash",
    "device",
    "ipi",
  ),
  fc.constantFrom(...flags.flatMap((flag) => (Array.isArray(flag.value?.suggestions) ? flag.value.suggestions : []))),
  fc.constantFrom("", "-", "--", "-1", "\u001b[2J", "\ud800", "9".repeat(400), "__proto__", "constructor"),
  fc.string(),
);
const flag = fc.constantFrom(...flagWords, "-h", "--help", "-V", "--version");
const word = fc.oneof(
  { arbitrary: flag.map((name) => [name]), weight: 4 },
  { arbitrary: fc.tuple(flag, value).map((pair) => [...pair]), weight: 5 },
  { arbitrary: fc.tuple(flag, value).map((pair) => [pair.join("=")]), weight: 1 },
  { arbitrary: fc.tuple(flag, flag).map(([one, other]) => [`${one}${other.replace(/^-+/, "")}`]), weight: 1 },
  { arbitrary: value.map((text) => [text]), weight: 4 },
);
const command = fc.oneof(
  { arbitrary: fc.constantFrom(...COMMANDS.map(({ name }) => name)), weight: 20 },
  { arbitrary: fc.constantFrom("--", "help", "hardirq", "toString"), weight: 1 },
  { arbitrary: fc.string(), weight: 1 },
);
const right = fc.constantFrom([], ["1"], ["100ms", "3"]);
const commandLine = fc
  .tuple(command, right, fc.array(word, { maxLength: 4 }), fc.boolean())
  .map(([name, parameters, words, isFirst]) =>
    isFirst ? [name, ...parameters, ...words.flat()] : [name, ...words.flat(), ...parameters],
  );

/** That what was parsed can be carried out as it is. */
function expectValid(request: Request): void {
  if (request.kind !== "trace") return;
  const { invocation } = request;
  const { everyMs = 10, intervalCount = 1, top = 1, cpus = CPUS } = invocation;
  expect(everyMs).toBeWithin(10, 1e9 + 1);
  for (const number of [intervalCount, top]) expect(Number.isSafeInteger(number) && number >= 1).toBe(true);
  expect(FORMATS).toContain(invocation.format);
  if (invocation.flavour !== undefined) expect(FLAVOURS).toContain(invocation.flavour);
  expect(cpus.length).toBeGreaterThan(0);
  for (const cpu of cpus) expect(CPUS).toContain(cpu);
  expect(invocation.measure === "count" && invocation.distribution).toBe(false);
  expect(typeof invocation.matchesName("virtio1-req.0")).toBe("boolean");
}

fuzz("command lines are requests, or end with 2 and attach nothing", 3_000, commandLine, async (words) => {
  const terminal = { columns: () => 80, possibleCpus: async () => CPUS };
  let request: Request;
  try {
    request = await parseCommandLine(words, terminal);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const environment = new FakeEnvironment({ script: scriptOf([]) });
    expect(await main(words, environment)).toBe(USAGE);
    expect(environment.outputText).toBe("");
    expect(environment.opened).toEqual([]);
    // One line, and nothing in it that acts on a terminal.
    expect(environment.errorText).toMatch(/^irqtrace: [^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+\n$/u);
    return;
  }
  expectValid(request);
});

/** What a reading comes to, in a form that can be compared. */
function outcome(read: () => ReturnType<typeof parseWithCommander>): unknown {
  try {
    const parsed = read();
    if ("kind" in parsed) return parsed;
    const { name: globs, ...flags } = parsed.flags;
    return { ...parsed, flags, globs: globs?.map((matches) => ["eth0", "7", "/", "virtio1-req.0", ""].map(matches)) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}

fuzz("a command line that needs no commander is read as commander would", 3_000, commandLine, (words) => {
  let isPlain = true;
  const plainly = outcome(() => {
    const parsed = parsePlainWords(words);
    isPlain = parsed !== undefined;
    return parsed ?? parseWithCommander(words, 80);
  });
  if (isPlain) expect(plainly).toEqual(outcome(() => parseWithCommander(words, 80)));
});
