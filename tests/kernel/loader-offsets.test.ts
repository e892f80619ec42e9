import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as constants from "../../packages/loader/src/kernel-constants.ts";
import { MAP_INFO_OFFSETS } from "../../packages/loader/src/kernel-map-info.ts";
import { OPEN_OPTIONS_BYTES, OPEN_OPTIONS_OFFSETS } from "../../packages/loader/src/open-options-struct.ts";
import { PROGRAM_INFO_OFFSETS } from "../../packages/loader/src/program-handle.ts";

const compiler = ["gcc", "clang-19", "clang", "cc"].find((name) => Bun.which(name) !== null);
const reason =
  compiler === undefined
    ? " (skipped: there is no C compiler)"
    : existsSync("/usr/include/bpf/libbpf.h")
      ? ""
      : " (skipped: libbpf's headers are not installed)";

/** Compiles a C program that prints one number a line, and gives these. */
function numbersOf(expressions: readonly string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-offsets-"));
  try {
    const source = `
      #include <stddef.h>
      #include <stdio.h>
      #include <poll.h>
      #include <linux/bpf.h>
      #include <bpf/libbpf.h>
      int main(void) { ${expressions.map((expression) => `printf("%zu\\n", (size_t)(${expression}));`).join("\n")} }`;
    const program = join(folder, "offsets");
    const { success, stderr } = Bun.spawnSync([compiler ?? "cc", "-x", "c", "-", "-o", program], {
      stdin: Buffer.from(source),
    });
    if (!success) throw new Error(stderr.toString());
    return Bun.spawnSync([program]).stdout.toString().trim().split("\n").map(Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const STRUCTS = {
  "struct bpf_object_open_opts": OPEN_OPTIONS_OFFSETS,
  "struct bpf_map_info": MAP_INFO_OFFSETS,
  "struct bpf_prog_info": PROGRAM_INFO_OFFSETS,
  "struct pollfd": { fd: 0, events: 4, revents: 6 },
} as const;

test.skipIf(reason !== "").each(Object.entries(STRUCTS))(`%s lies as C lays it${reason}`, (struct, offsets) => {
  const names = Object.keys(offsets);
  const inC = numbersOf(names.map((name) => `offsetof(${struct}, ${name})`));
  expect(Object.fromEntries(names.map((name, index) => [name, inC[index]]))).toEqual({ ...offsets });
});

test.skipIf(reason !== "")(`sizes and constants are those of the headers${reason}`, () => {
  const expected = {
    "sizeof(struct bpf_object_open_opts)": OPEN_OPTIONS_BYTES,
    "sizeof(struct pollfd)": 8,
    ...constants,
  };
  const names = Object.keys(expected);
  const inC = numbersOf(names);
  expect(Object.fromEntries(names.map((name, index) => [name, inC[index]]))).toEqual(expected);
});
