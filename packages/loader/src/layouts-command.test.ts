import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BtfBuilder, buildElf } from "./testing/btf-builder.ts";

const COMMAND = Bun.fileURLToPath(new URL("./layouts-command.ts", import.meta.url));

function run(...given: readonly string[]): { readonly code: number; readonly stdout: string; readonly stderr: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, COMMAND, ...given]);
  return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function withObject<T>(action: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-command-"));
  try {
    const types = new BtfBuilder();
    types.dataSection(".bss", [types.variable("total", types.int("unsigned long long", 8))]);
    const path = join(folder, "my-tool.bpf.o");
    const sections = [
      { name: ".bss", type: 8, size: 8 },
      { name: ".BTF", bytes: types.bytes() },
    ];
    writeFileSync(path, buildElf(sections, [{ name: "total", section: ".bss", value: 0, kind: 1 }]));
    return action(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("writes the layouts of an object, 64-bit integers as bigint", () => {
  const { code, stdout, stderr } = withObject((path) => run("layouts", path));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("// Generated from my-tool.bpf.o by the layouts command of @irqtrace/loader.");
  expect(stdout).toContain("export const myTool = {");
  expect(stdout).toContain('{ name: "total", offset: 0, type: "u64" }');
  expect(stdout).toEndWith("} as const;\n");
});

test("--u64 number makes 64-bit integers numbers, --name names the constant", () => {
  const { stdout } = withObject((path) => run("layouts", path, "--u64", "number", "--name", "other"));
  expect(stdout).toContain('type: "u53"');
  expect(stdout).toContain("export const other = {");
});

test("--help explains and succeeds", () => {
  expect(run("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: irqtrace-loader layouts") });
});

describe("wrong usage ends with 2 and says so:", () => {
  const wrong: readonly (readonly [given: string, why: string])[] = [
    ["", '"" is not a command'],
    ["layout tool.bpf.o", '"layout" is not a command'],
    ["layouts", "Give one object."],
    ["layouts one.o two.o", "Give one object."],
    ["layouts one.o --u64 string", '--u64 cannot be "string"'],
    ["layouts one.o --fast", "--fast"],
  ];
  test.each(wrong)("%s", (given, why) => {
    const result = run(...given.split(" ").filter((word) => word !== ""));
    expect(result).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(why) });
  });
});

describe("an object that cannot be read ends with 1 and says why:", () => {
  test("a file that is not there", () => {
    expect(run("layouts", "/no/such/tool.bpf.o")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("no such file"),
    });
  });

  test("a file of another kind", () => {
    expect(run("layouts", COMMAND)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("it is not an ELF file"),
    });
  });
});
