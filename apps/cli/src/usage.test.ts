import { describe, expect, test } from "bun:test";
import { main } from "./main.ts";
import { FakeEnvironment } from "./testing/fake-environment.ts";
import { scriptOf } from "./testing/scripts.ts";

/** What must be named: the argument, what was given for it, and what it may be. */
type WrongLine = readonly [words: readonly string[], argument: string, given: string, allowed: string];

const TIME = "from 10ms to 1000000s";
const WHOLE = "a whole number, 1 or more";
const COMMANDS = "hardirqs, softirqs, slow, victims, coverage, doctor or completion";
const SHELLS = "bash, zsh, fish";
const KEYS = "total, self, count, avg, max, p99, name, irq";
const HARD_CLASSES = "all, or a list of device, vector, ipi, nmi";
const OVER = "a number with a unit";
const CLASSES = "device, vector, ipi, nmi, softirq, raise";
const CPUS = "(here: 0-3)";

const WRONG_LINES: readonly WrongLine[] = [
  [[], "command", "none", COMMANDS],
  [["--"], "command", "none", COMMANDS],
  [[""], "command", "''", COMMANDS],
  [["hardirq"], "command", "hardirq", "Did you mean hardirqs?"],
  [["trace", "1"], "command", "trace", COMMANDS],
  [["help"], "command", "help", COMMANDS],
  [["--json", "hardirqs"], "option", "--json", "--help, --version"],
  [["docter"], "command", "docter", "Did you mean doctor?"],
  [["doctor", "1"], "arguments", "1", "options alone"],
  [["doctor", "--format", "json"], "option", "'--format'", "--json, --help, --version"],
  [["doctor", "--json=1"], "option", "'--json=1'", "--json"],
  [["completion"], "argument", "'shell'", SHELLS],
  [["completion", ""], "shell", '""', SHELLS],
  [["completion", "tcsh"], "shell", '"tcsh"', SHELLS],
  [["completion", "BASH"], "shell", '"BASH"', SHELLS],
  [["completion", "toString"], "shell", '"toString"', SHELLS],
  [["completion", "bash", "zsh"], "arguments", "bash, zsh", "at most one shell"],
  [["completion", "--json", "bash"], "option", "'--json'", "--help, --version"],
  [["hardirqs", "abc"], "interval", '"abc"', TIME],
  [["softirqs", "abc"], "interval", '"abc"', TIME],
  [["slow", "abc"], "duration", '"abc"', TIME],
  [["slow", "1", "2"], "arguments", "1, 2", "at most a duration"],
  [["slow", "--over", "100"], "--over", '"100"', OVER],
  [["slow", "--over", "1m"], "--over", '"1m"', OVER],
  [["slow", "--over", "-1us"], "--over", '"-1us"', OVER],
  [["slow", "--over", "1e3us"], "--over", '"1e3us"', OVER],
  [["slow", "--over", "0.5"], "--over", '"0.5"', OVER],
  [["slow", "--over", "1001s"], "--over", '"1001s"', OVER],
  [["slow", "--over", ""], "--over", '""', OVER],
  [["slow", "--over"], "--over", "missing", OVER],
  [["slow", "--over", "--json"], "--over", "no value before --json", OVER],
  [["coverage", "0"], "duration", '"0"', TIME],
  [["coverage", "1", "2"], "arguments", "1, 2", "at most a duration"],
  [["coverage", "--format", "csv"], "--format", '"csv"', "table, json"],
  [["coverage", "--json", "--format", "table"], "--json", "--format table", "one of the two"],
  [["coverage", "--per-cpu"], "option", "'--per-cpu'", "--json"],
  [["slow", "--class", "device,"], "--class", '"device,"', CLASSES],
  [["slow", "--class", ""], "--class", '""', CLASSES],
  [["slow", "--class", "Device"], "--class", '"Device"', CLASSES],
  [["slow", "--format", "csv"], "--format", '"csv"', "table, json"],
  [["slow", "--json", "--format", "table"], "--json", "together with --format table", "one of the two"],
  [["slow", "--cpu", "4"], "--cpu", '"4"', CPUS],
  [["slow", "--name", ""], "--name", '""', "a pattern"],
  [["victims", "abc"], "interval", '"abc"', TIME],
  [["victims", "1", "0"], "count", '"0"', WHOLE],
  [["victims", "1", "2", "3"], "arguments", "1, 2, 3", "at most an interval and a count"],
  [["victims", "--by", "user"], "--by", '"user"', "task, cgroup, cpu-mode"],
  [["victims", "--by"], "--by", "missing", "task, cgroup, cpu-mode"],
  [["victims", "--class", "raise"], "--class", '"raise"', "all, or a list of device, vector, ipi, nmi, softirq"],
  [["victims", "--entries", "0"], "--entries", '"0"', "a whole number from 1 to 1000000"],
  [["victims", "--entries", "1000001"], "--entries", '"1000001"', "a whole number from 1 to 1000000"],
  [["victims", "--sort", "max"], "--sort", '"max"', "total, count, name"],
  [["victims", "--json", "--format", "csv"], "--json", "together with --format csv", "one of the two"],
  [["victims", "--dist"], "option", "'--dist'", "--by"],
  [["hardirqs", "-1"], "interval", '"-1"', TIME],
  [["hardirqs", "0"], "interval", '"0"', TIME],
  [["hardirqs", "0.001"], "interval", '"0.001"', TIME],
  [["hardirqs", "9ms"], "interval", '"9ms"', TIME],
  [["hardirqs", "1e3"], "interval", '"1e3"', TIME],
  [["hardirqs", "0x10"], "interval", '"0x10"', TIME],
  [["hardirqs", "5m"], "interval", '"5m"', TIME],
  [["hardirqs", "1 s"], "interval", '"1 s"', TIME],
  [["hardirqs", "1,5"], "interval", '"1,5"', TIME],
  [["hardirqs", "1."], "interval", '"1."', TIME],
  [["hardirqs", ""], "interval", '""', TIME],
  [["hardirqs", "NaN"], "interval", '"NaN"', TIME],
  [["hardirqs", "Infinity"], "interval", '"Infinity"', TIME],
  [["hardirqs", "1000001"], "interval", '"1000001"', TIME],
  [["hardirqs", "9".repeat(400)], "interval", "999", TIME],
  [["hardirqs", "\u001b[2J"], "interval", '"\\x1b[2J"', TIME],
  [["hardirqs", "1", "abc"], "count", '"abc"', WHOLE],
  [["hardirqs", "1", "0"], "count", '"0"', WHOLE],
  [["hardirqs", "1", "-3"], "count", '"-3"', WHOLE],
  [["hardirqs", "1", "1.5"], "count", '"1.5"', WHOLE],
  [["hardirqs", "1", "5s"], "count", '"5s"', WHOLE],
  [["hardirqs", "1", "1e3"], "count", '"1e3"', WHOLE],
  [["hardirqs", "1", "99999999999999999999"], "count", '"99999999999999999999"', WHOLE],
  [["hardirqs", "1", "2", "3"], "arguments", "1, 2, 3", "at most an interval and a count"],
  [["hardirqs", "--formt", "json"], "option", "'--formt'", "Did you mean --format?"],
  [["hardirqs", "--jsn"], "option", "'--jsn'", "Did you mean --json?"],
  [["hardirqs", "-x"], "option", "'-x'", "--dist"],
  [["hardirqs", "-dx"], "option", "'-x'", "--dist"],
  [["hardirqs", "--json=yes"], "option", "'--json=yes'", "--json"],
  [["hardirqs", "--no-dist"], "option", "'--no-dist'", "--dist"],
  [["hardirqs", "--top"], "--top", "missing", WHOLE],
  [["hardirqs", "--top", "0"], "--top", '"0"', WHOLE],
  [["hardirqs", "--top", "-5"], "--top", '"-5"', WHOLE],
  [["hardirqs", "--top", "all"], "--top", '"all"', WHOLE],
  [["hardirqs", "--top="], "--top", '""', WHOLE],
  [["hardirqs", "--top", "--json"], "--top", "no value before --json", WHOLE],
  [["hardirqs", "--sort", "size"], "--sort", '"size"', KEYS],
  [["hardirqs", "--sort", "vector"], "--sort", '"vector"', KEYS],
  [["softirqs", "--sort", "irq"], "--sort", '"irq"', "name, vector"],
  [["hardirqs", "--sort", "TOTAL"], "--sort", '"TOTAL"', KEYS],
  [["hardirqs", "--sort"], "--sort", "missing", KEYS],
  [["hardirqs", "--format", "xml"], "--format", '"xml"', "table, json, csv"],
  [["hardirqs", "--format"], "--format", "missing", "table, json, csv"],
  [["hardirqs", "--probe", "kprobe"], "--probe", '"kprobe"', "tp_btf, raw_tp"],
  [["hardirqs", "--cpu", "abc"], "--cpu", '"abc"', CPUS],
  [["hardirqs", "--cpu", "3-1"], "--cpu", '"3-1"', CPUS],
  [["hardirqs", "--cpu", "0,"], "--cpu", '"0,"', CPUS],
  [["hardirqs", "--cpu", "4"], "--cpu", '"4"', CPUS],
  [["hardirqs", "--cpu", "0-99"], "--cpu", '"0-99"', CPUS],
  [["hardirqs", "--cpu", "99999999999"], "--cpu", '"99999999999"', CPUS],
  [["hardirqs", "--cpu", "-1"], "--cpu", '"-1"', "0-3,8"],
  [["hardirqs", "--cpu", ""], "--cpu", '""', "0-3,8"],
  [["hardirqs", "--cpu", "\n"], "--cpu", '"\\n"', CPUS],
  [["hardirqs", "--cgroup", ""], "--cgroup", '""', "the path of a cgroup"],
  [["hardirqs", "--cgroup", "-d"], "--cgroup", "no value before -d", "the path of a cgroup"],
  [["hardirqs", "--name"], "--name", "missing", "a pattern"],
  [["hardirqs", "--name", ""], "--name", '""', "a pattern"],
  [["hardirqs", "--name", "eth[9-0]"], "--name", '"eth[9-0]"', "the range 9-0 is reversed"],
  [["hardirqs", "--name", "--per-cpu"], "--name", "no value before --per-cpu", "a pattern"],
  [["hardirqs", "--name", "-V"], "--name", "no value before -V", "a pattern"],
  [["hardirqs", "--name", "--help"], "--name", "no value before --help", "a pattern"],
  [["hardirqs", "-c", "-T"], "--cgroup", "no value before -T", "the path of a cgroup"],
  [["hardirqs", "--count", "--dist"], "--count", "--dist", "one of the two"],
  [["hardirqs", "-Cd", "1"], "--count", "--dist", "one of the two"],
  [["softirqs", "-C", "--latency"], "--count", "--latency", "a wait needs times"],
  [["softirqs", "--self", "--latency"], "--self", "--latency", "one of the two"],
  [["hardirqs", "1", "--findings", "--format", "csv"], "--findings", "--format csv", "table or json"],
  [["softirqs", "--places", "--count"], "--count", "--places", "one of the two"],
  [["hardirqs", "-C", "--sort", "total"], "--sort", '"total" together with --count', "count or name"],
  [["hardirqs", "-C", "--sort", "avg"], "--sort", '"avg" together with --count', "count or name"],
  [["hardirqs", "--sort", "max", "-C"], "--sort", '"max" together with --count', "count or name"],
  [["softirqs", "-C", "--sort", "p99"], "--sort", '"p99" together with --count', "count or name"],
  [["hardirqs", "-C", "--self"], "--count", "--self", "one of the two"],
  [["softirqs", "--sort", "self"], "--sort", '"self" without --self', "--self as well"],
  [["hardirqs", "--matrix", "-d"], "--matrix", "--dist", "one of the two"],
  [["hardirqs", "--matrix", "--sort", "p99"], "--sort", '"p99" together with --matrix', "max"],
  [["softirqs", "--matrix"], "option", "'--matrix'", "--self"],
  [["hardirqs", "--class", "softirq"], "--class", '"softirq"', HARD_CLASSES],
  [["hardirqs", "--class", ""], "--class", '""', HARD_CLASSES],
  [["hardirqs", "--class", "device,"], "--class", '"device,"', HARD_CLASSES],
  [["hardirqs", "--class", "all,nmi"], "--class", '"all,nmi"', HARD_CLASSES],
  [["hardirqs", "--class", "--self"], "--class", "no value before --self", HARD_CLASSES],
  [["softirqs", "--class", "all"], "option", "'--class'", "--self"],
  [["hardirqs", "--json", "--format", "csv"], "--json", "--format csv", "one of the two"],
  [["hardirqs", "--format", "table", "--json"], "--json", "--format table", "one of the two"],
];

describe("a wrong command line ends with 2 and names what is wrong:", () => {
  for (const [words, argument, given, allowed] of WRONG_LINES) {
    test(`irqtrace ${words.map((word) => JSON.stringify(word.slice(0, 30))).join(" ")}`, async () => {
      const environment = new FakeEnvironment({ script: scriptOf([]) });
      expect(await main(words, environment)).toBe(2);
      expect(environment.outputText).toBe("");
      expect(environment.opened).toEqual([]);
      const { errorText } = environment;
      expect(errorText).toStartWith("irqtrace: ");
      for (const part of [argument, given, "allowed: ", allowed]) expect(errorText).toContain(part);
      expect(errorText).not.toMatch(/^\s+at /m);
      // One line, and nothing in it that acts on a terminal.
      expect(errorText).toMatch(/^\P{Cc}+\n$/u);
    });
  }
});

describe("an unusual but right command line is taken:", () => {
  const RightLines: readonly (readonly string[])[] = [
    ["hardirqs", "1", "1", "--json", "--format", "json"],
    ["hardirqs", ".5", "1"],
    ["hardirqs", "10ms", "1"],
    ["hardirqs", "0.01", "1"],
    ["hardirqs", "1", "1", "-C", "--sort", "count"],
    ["hardirqs", "1", "1", "--class", "ipi", "-C"],
    ["softirqs", "1", "1", "--self", "--sort", "self", "-d"],
    ["hardirqs", "1", "1", "--name", "[-]-json"],
    ["hardirqs", "-dNT", "1", "1"],
    ["--", "hardirqs", "1", "1"],
    ["hardirqs", "--top", "1", "--", "1", "1"],
    ["hardirqs", "1000000", "1"],
    ["hardirqs", "1", "1", "--cpu", "0-2,3"],
    ["softirqs", "1", "1", "--name", "net_*", "--name", "timer", "--name", "["],
  ];
  for (const words of RightLines) {
    test(`irqtrace ${words.join(" ")}`, async () => {
      const environment = new FakeEnvironment({ script: scriptOf([]) });
      expect(await main(words, environment)).toBe(0);
      expect(environment.errorText).toBe("");
      expect(environment.opened).toHaveLength(1);
    });
  }
});
