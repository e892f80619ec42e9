import { equal, ok } from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { kernelHasBtf, type LoadedObject, openObject, possibleCpus } from "@irqtrace/loader";
import { QUIET_PORT } from "./quiet-port.ts";
import type { Check } from "./report.ts";

/** What a program's name ends with, and what it needs of the kernel. */
const FLAVOURS = ["tp_btf", "raw_tp"] as const;
type Flavour = (typeof FLAVOURS)[number];

const PREBUILT = new URL("../../../packages/bpf-objects/prebuilt/", import.meta.url);

/** Kinds whose items can be read one by one. */
const READABLE_KINDS: readonly string[] = [
  "hash",
  "array",
  "percpu_hash",
  "percpu_array",
  "lru_hash",
  "lru_percpu_hash",
];

function loadFlavour(file: string, flavour: Flavour): LoadedObject {
  const object = openObject(pathToFileURL(`${PREBUILT.pathname}${file}`));
  const programs = Object.keys(object.schema.programs);
  ok(
    programs.some((name) => name.endsWith(flavour)),
    `no program of ${file} is called *_${flavour}`,
  );
  object.configure({ programs: Object.fromEntries(programs.map((name) => [name, name.endsWith(flavour)])) });
  return object.load();
}

/** Loads, attaches, lets the programs run, reads every map, detaches, and sees that nothing runs any more. */
async function exercise(file: string, flavour: Flavour): Promise<string> {
  using object = loadFlavour(file, flavour);
  const runCounts = (): readonly number[] =>
    object.programNames.map((name) => object.program(name).statistics().runCount);
  {
    using _link = object.attach();
    await causeInterrupts();
    for (const [index, count] of runCounts().entries()) ok(count > 0, `${object.programNames[index]} did not run`);
  }
  const items = object.mapNames.map((name) => readWholeMap(object, name));
  const detached = runCounts();
  await causeInterrupts();
  equal(String(runCounts()), String(detached), "programs ran after they were detached");
  const read = items.reduce((sum, count) => sum + count, 0);
  return `${object.programNames.length} programs ran ${detached.join(", ")} times, ${read} items of ${items.length} maps read`;
}

function readWholeMap(object: LoadedObject, name: string): number {
  const map = object.map(name);
  if (!READABLE_KINDS.includes(map.kind)) return 0;
  const entries = [...map.entries()];
  const isArray = map.kind === "array" || map.kind === "percpu_array";
  if (isArray) equal(entries.length, map.maxEntries, `items of ${name}`);
  if (map.kind.includes("percpu")) {
    for (const [, value] of entries)
      equal(Array.isArray(value) ? value.length : -1, possibleCpus().length, `values of ${name}`);
  }
  return entries.length;
}

/** Writing to a serial port interrupts; so do timers, where they are devices, and they raise softirqs. */
async function causeInterrupts(): Promise<void> {
  if (QUIET_PORT !== "") writeFileSync(`/dev/${QUIET_PORT}`, "x".repeat(256));
  await Bun.sleep(100);
}

/** Programs of these are attached to tracepoints by name, and only some are for both flavours; checks of their own run them. */
const ATTACHED_BY_NAME = ["slow.bpf.o", "system.bpf.o", "victims.bpf.o"];

const files = readdirSync(PREBUILT).filter((name) => name.endsWith(".bpf.o") && !ATTACHED_BY_NAME.includes(name));

/** Every committed object in both flavours. */
export const OBJECT_CHECKS: readonly Check[] = [
  {
    name: "the kernel has BTF for tp_btf programs and there are objects to load",
    run: () => {
      ok(kernelHasBtf());
      ok(files.length > 0, "there are no prebuilt objects");
      writeFileSync("/proc/sys/kernel/bpf_stats_enabled", "1");
    },
  },
  ...files.flatMap((file): readonly Check[] =>
    FLAVOURS.map((flavour) => ({
      name: `${file} loads, attaches, runs, is read and detaches as ${flavour}`,
      run: () => exercise(file, flavour),
    })),
  ),
];
