import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { libbpf } from "@irqtrace/loader";
import { fixture, NO_CLANG } from "../kernel/loader-fixtures.ts";
import { LONGER, SEED } from "./fuzz.ts";
import { mutate } from "./open-mutations.ts";

const ROUNDS = 5_000 * LONGER;
const FIRST = SEED * 1_000_000;
const SCRIPT = join(import.meta.dir, "open-mutations.ts");
const PREBUILT = Bun.fileURLToPath(new URL("../../packages/bpf-objects/prebuilt/hardirqs.bpf.o", import.meta.url));
const LIMIT_MS = 120_000 * LONGER;
const compiler = Bun.which("gcc") ?? Bun.which("clang-19");

interface Outcome {
  readonly seed: number;
  readonly result: string;
}

/** Opens all mutations in as few processes as crashes allow. */
function openMutations(path: string): Outcome[] {
  const outcomes: Outcome[] = [];
  let next = FIRST;
  while (next < FIRST + ROUNDS) {
    const command = [process.execPath, SCRIPT, path, `${next}`, `${FIRST + ROUNDS}`];
    const child = Bun.spawnSync(command, {
      cwd: import.meta.dir,
      env: { ...process.env, BUN_ENABLE_CRASH_REPORTING: "0" },
    });
    for (const line of child.stdout.toString().trimEnd().split("\n")) {
      const [seed = "", ...result] = line.split(" ");
      const text = result.join(" ");
      outcomes.push({
        seed: Number(seed),
        result: text === "" ? `crashed ${child.signalCode ?? child.exitCode}` : text,
      });
    }
    const told = outcomes.at(-1)?.seed ?? -1;
    if (told < next) throw new Error(`Nothing was opened: ${child.stderr}`);
    next = told + 1;
  }
  return outcomes;
}

/** Whether the same bytes crash libbpf when C, and nothing of ours, hands them to it. */
function crashesInC(object: Uint8Array, folder: string): boolean {
  const program = join(folder, "open-in-c");
  const source = `
    #include <stdio.h>
    #include <stdlib.h>
    #include <dlfcn.h>
    int main(int argc, char **argv) {
      void *library = dlopen(argv[1], RTLD_NOW);
      void *(*open)(const void *, size_t, const void *) = dlsym(library, "bpf_object__open_mem");
      void (*close)(void *) = dlsym(library, "bpf_object__close");
      static char bytes[1 << 20];
      size_t size = fread(bytes, 1, sizeof(bytes), stdin);
      char *exact = malloc(size);
      for (size_t i = 0; i < size; i++) exact[i] = bytes[i];
      void *object = open(exact, size, 0);
      if (object) close(object);
      return 0;
    }`;
  const built = Bun.spawnSync([compiler ?? "cc", "-x", "c", "-", "-o", program, "-ldl"], {
    stdin: Buffer.from(source),
  });
  if (!built.success) throw new Error(built.stderr.toString());
  return Bun.spawnSync([program, libbpf().path], { stdin: object, stderr: "ignore" }).signalCode !== undefined;
}

function fuzz(name: string, object: Uint8Array): void {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-fuzz-"));
  try {
    const path = join(folder, `${name}.bpf.o`);
    writeFileSync(path, object);
    const outcomes = openMutations(path);
    expect(outcomes.map(({ seed }) => seed)).toEqual(Array.from({ length: ROUNDS }, (_, index) => FIRST + index));
    expect(outcomes.filter(({ result }) => result.startsWith("wrong"))).toEqual([]);
    expect(outcomes.filter(({ result }) => result === "refused").length).toBeGreaterThan(ROUNDS / 10);
    const opened = outcomes.filter(({ result }) => result === "opened").length;
    const crashes = outcomes.filter(({ result }) => result.startsWith("crashed"));
    for (const { seed, result } of crashes) {
      console.warn(`libbpf ${libbpf().version} ${result} on the mutation of ${name} with seed ${seed}`);
    }
    expect(crashes.filter(({ seed }) => !crashesInC(mutate(object, seed), folder))).toEqual([]);
    if (libbpf().version !== "1.1") expect(crashes).toEqual([]);
    console.log(`  ${ROUNDS} cases: mutations of ${name}, of which libbpf ${libbpf().version} opened ${opened}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(NO_CLANG !== "")(
  `mutations of the test object open or are refused; if libbpf crashes, it crashes without us${NO_CLANG}`,
  () => fuzz("maps", fixture("loader-maps")),
  LIMIT_MS,
);

test(
  "mutations of an object of the project open or are refused; if libbpf crashes, it crashes without us",
  () => {
    fuzz("hardirqs", new Uint8Array(readFileSync(PREBUILT)));
  },
  LIMIT_MS,
);
