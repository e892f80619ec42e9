import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INDEX = Bun.fileURLToPath(new URL("./index.ts", import.meta.url));
const node = Bun.which("node");

/** What the package does in Node, bundled so that Node need not read TypeScript. */
async function inNode(script: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-node-"));
  try {
    const { success } = await Bun.build({ entrypoints: [INDEX], outdir: folder, target: "node", format: "esm" });
    expect(success).toBe(true);
    const program = `import * as loader from ${JSON.stringify(join(folder, "index.js"))};\n${script}`;
    const { exitCode, stdout, stderr } = Bun.spawnSync([node ?? "node", "--input-type=module", "--eval", program]);
    expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
    return stdout.toString().trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const report = (call: string): string =>
  `try { ${call}; console.log("no error"); } catch (error) { console.log(error.name + ": " + error.message); }`;

const withNode = node === null ? " (skipped: there is no node here)" : "";

test.skipIf(node === null)(`Node can import the package and read schemas with it${withNode}`, async () => {
  const output = await inNode(report('loader.readSchema(new Uint8Array(8), { name: "tool" })'));
  expect(output).toBe(
    'BpfError: Cannot open "tool": it is not an ELF file. Build it with clang -target bpf -g and give the file whole.',
  );
});

test.skipIf(node === null)(`Node is told that objects need Bun when it opens one${withNode}`, async () => {
  const output = await inNode(report("loader.openObject(new Uint8Array(8))"));
  expect(output).toBe(
    'UnsupportedPlatformError: Cannot use BPF from this runtime: it has no "bun:ffi". Run with Bun 1.4 or later.',
  );
});

test("importing the package opens no library and reads no file", () => {
  const program = `await import(${JSON.stringify(INDEX)});
    const maps = await Bun.file("/proc/self/maps").text();
    console.log(maps.includes("libbpf"));`;
  const { stdout } = Bun.spawnSync([process.execPath, "--eval", program]);
  expect(stdout.toString().trim()).toBe("false");
});
