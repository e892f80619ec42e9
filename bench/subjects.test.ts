import { expect, test } from "bun:test";
import { type Subject, subjectGroups, subjectsOf } from "./subjects.ts";

const noPeers = (name: string): boolean => !/libbpf-tools|bpftrace/.test(name);
const reject = (name: string, reason: string): never => {
  throw new Error(`${name} is missing: ${reason}`);
};
const names = (subjects: readonly Subject[]): readonly string[] => subjects.map(({ name }) => name);

test("subjects that are not wanted are not even looked for", () => {
  expect(names(subjectsOf("hardirqs", "irqtrace", reject, (name) => name === "floor"))).toEqual(["floor"]);
});

test("every subject has a name of its own", () => {
  const found = names(subjectsOf("softirqs", "irqtrace", reject, noPeers));
  expect(new Set(found).size).toBe(found.length);
});

test("capabilities are measured beside the default and the yardsticks, modes without capabilities", () => {
  const subjects = [
    ...subjectsOf("hardirqs", "irqtrace", reject, noPeers),
    ...subjectsOf("softirqs", "irqtrace", reject, noPeers),
  ];
  const [modes = []] = subjectGroups(subjects, "modes");
  expect(names(modes)).toEqual(["empty", "floor", "irqtrace --count", "irqtrace", "irqtrace --per-cpu"]);
  const [hardirqs = [], softirqs = []] = subjectGroups(subjects, "capabilities");
  expect(names(hardirqs).slice(0, 3)).toEqual(["empty", "floor", "irqtrace"]);
  expect(names(softirqs)).toContain("irqtrace --latency");
  expect(softirqs.every(({ kind }) => kind === "softirqs")).toBe(true);
});
