import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openObject, openPinnedMap, unpin } from "@irqtrace/loader";
import { type FixtureName, fixture, NO_CLANG } from "./loader-fixtures.ts";

const PIN_SOURCE = Bun.fileURLToPath(new URL("../../packages/loader/src/pin.ts", import.meta.url));

/** Runs a script where `folder` is a bpffs of its own, in a mount namespace that ends with the script. */
function onBpffs(script: string, object: FixtureName = "loader-maps"): string {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-bpffs-"));
  try {
    const program = `
      import { openObject, openPinnedMap, unpin, BpfError, LayoutMismatchError } from "@irqtrace/loader";
      const bytes = new Uint8Array(await Bun.stdin.arrayBuffer());
      const folder = ${JSON.stringify(folder)};
      const nameOf = (action) => { try { action(); return "no error"; } catch (error) { return error.name + ": " + error.message; } };
      ${script}`;
    const shell = 'mount -t bpf bpf "$0" && exec "$@"';
    const command = ["unshare", "--mount", "sh", "-c", shell, folder, process.execPath, "--eval", program];
    const { stdout, stderr } = Bun.spawnSync(command, { cwd: import.meta.dir, stdin: fixture(object) });
    expect(stderr.toString()).toBe("");
    return stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(NO_CLANG !== "")(`a pinned map${NO_CLANG}`, () => {
  test("outlives its object and is opened by its path, typed by a layout", () => {
    const output = onBpffs(`
      const path = folder + "/recent";
      const loaded = openObject(bytes).load();
      loaded.map("recent").set(1, 11n);
      loaded.map("recent").pin(path);
      loaded[Symbol.dispose]();
      const untyped = openPinnedMap(path);
      console.log(untyped.name, untyped.kind, untyped.maxEntries, untyped.get(Uint8Array.of(1, 0, 0, 0)));
      untyped[Symbol.dispose]();
      untyped[Symbol.dispose]();
      console.log(nameOf(() => untyped.get(0)));
      const typed = openPinnedMap(path, { kind: "lru_hash", maxEntries: 64, key: "u32", value: "u53" });
      typed.set(2, 22);
      console.log(typed.get(1), typed.get(2));
      console.log(nameOf(() => openPinnedMap(path, { kind: "hash", maxEntries: 64, key: "u32", value: "u53" })).startsWith("LayoutMismatchError"));
      console.log(nameOf(() => openPinnedMap(path, { kind: "lru_hash", maxEntries: 64, key: "u32", value: "u32" })).startsWith("LayoutMismatchError"));
      const other = openObject(bytes).configure({ reuse: { recent: typed } }).load();
      console.log(other.map("recent").get(2));
      other[Symbol.dispose]();
      unpin(path);
      console.log(nameOf(() => openPinnedMap(path)));
      console.log(typed.get(2));
      typed[Symbol.dispose]();`);
    expect(output.split("\n")).toEqual([
      "recent lru_hash 64 Uint8Array(8) [ 11, 0, 0, 0, 0, 0, 0, 0 ]",
      expect.stringMatching(/^Error: Cannot read "recent": ".*\/recent" is closed/),
      "11 22",
      "true",
      "true",
      "22n",
      expect.stringMatching(/^BpfError: Cannot open the pinned ".*\/recent": it does not exist \(ENOENT\)\.$/),
      "22",
      "",
    ]);
  });

  test("is not pinned over another one", () => {
    const output = onBpffs(`
      const loaded = openObject(bytes).load();
      loaded.map("recent").pin(folder + "/one");
      console.log(nameOf(() => loaded.map("items").pin(folder + "/one")));
      console.log(nameOf(() => loaded.map("items").pin(folder + "/no/folder")));
      loaded[Symbol.dispose]();`);
    expect(output).toMatch(/BpfError: Cannot pin "items": ".*\/one" exists already\. Unpin it first/);
    expect(output).toMatch(/the folder ".*\/no" does not exist/);
  });

  test("is not mistaken for a program that is pinned", () => {
    const output = onBpffs(`
      import { readdirSync } from "node:fs";
      import { pinDescriptor } from ${JSON.stringify(PIN_SOURCE)};
      const loaded = openObject(bytes).load();
      const program = loaded.program("count_entry");
      pinDescriptor(program.fd, program.name, folder + "/program");
      const before = readdirSync("/proc/self/fd").length;
      try { openPinnedMap(folder + "/program"); }
      catch (error) { console.log(error instanceof BpfError, error.code, error.message); }
      console.log(nameOf(() => openPinnedMap(folder + "/program", { kind: "array", maxEntries: 4, key: "u32", value: "u53" })));
      console.log(readdirSync("/proc/self/fd").length - before);
      loaded[Symbol.dispose]();`);
    const message = /Cannot open the pinned ".*\/program": it is a program, not a map\./;
    const [first = "", second = "", descriptors = ""] = output.split("\n");
    expect(first).toStartWith("true EINVAL Cannot");
    expect(first).toMatch(message);
    expect(second).toMatch(message);
    expect(descriptors).toBe("0");
  });

  test("is all that unpin removes", () => {
    const output = onBpffs(`
      import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
      import { tmpdir } from "node:os";
      const loaded = openObject(bytes).load();
      loaded.map("recent").pin(folder + "/recent");
      const codeOf = (path) => { try { unpin(path); return "removed"; } catch (error) { return error.code ?? error.name; } };
      mkdirSync(folder + "/below");
      symlinkSync(folder + "/recent", folder + "/inside");
      const elsewhere = mkdtempSync(tmpdir() + "/irqtrace-links-");
      const [outside, into] = [elsewhere + "/link", elsewhere + "/folder"];
      symlinkSync(folder + "/recent", outside);
      symlinkSync(folder, into);
      const long = folder + "/" + "x".repeat(300);
      console.log([outside, into, folder, folder + "/below", folder + "/inside", long, folder + "/recent/x"].map(codeOf).join());
      console.log(nameOf(() => unpin(folder + "/below")));
      console.log([outside, into, folder + "/below", folder + "/inside"].every((path) => lstatSync(path, { throwIfNoEntry: false })));
      console.log(codeOf(into + "/recent"), existsSync(folder + "/recent"));
      rmSync(elsewhere, { recursive: true });
      loaded[Symbol.dispose]();`);
    expect(output.split("\n")).toEqual([
      "TypeError,TypeError,TypeError,EISDIR,EINVAL,ENAMETOOLONG,ENOTDIR",
      expect.stringMatching(/^BpfError: Cannot unpin ".*\/below": it is a directory \(EISDIR\)\.$/),
      "true",
      "removed false",
      "",
    ]);
  });

  test("is missing together with its folder, or for want of a bpffs", () => {
    const output = onBpffs(`
      console.log(nameOf(() => openPinnedMap(folder + "/app/counts")));
      console.log(nameOf(() => openPinnedMap("/proc/self/app/counts")));
      const loaded = openObject(bytes).load();
      console.log(nameOf(() => loaded.map("recent").pin(folder + "/app/counts")));
      console.log(nameOf(() => loaded.map("recent").pin("/proc/self/app/counts")));
      loaded[Symbol.dispose]();`);
    const lines = output.split("\n").map((line) => line.replaceAll(/"[^"]*irqtrace-bpffs-\w+/g, '"…'));
    const mount = "Mount one: mount -t bpf bpf /sys/fs/bpf";
    expect(lines).toEqual([
      'BpfError: Cannot open the pinned "…/app/counts": the folder "…/app" does not exist. Nothing is pinned below it.',
      `BpfError: Cannot open the pinned "/proc/self/app/counts": "/proc/self" does not lie on a bpffs. ${mount}`,
      'BpfError: Cannot pin "recent": the folder "…/app" does not exist. Create it first.',
      `BpfError: Cannot pin "recent": "/proc/self" does not lie on a bpffs. ${mount}`,
      "",
    ]);
  });

  test("of kind queue or stack says when it is full", () => {
    const output = onBpffs(`
      for (const kind of ["queue", "stack"]) {
        const path = folder + "/" + kind;
        await Bun.$\`bpftool map create \${path} type \${kind} value 4 entries 2 name waiting\`.quiet();
        const map = openPinnedMap(path, { kind, maxEntries: 2, key: null, value: "u32" });
        map.push(1);
        map.push(2);
        try { map.push(3); } catch (error) { console.log(error.code, error.message); }
        console.log(map.pop(), map.pop(), map.pop());
      }`);
    const full =
      'E2BIG Cannot push to "waiting": it is full with 2 entries. Pop some first, or make it larger before it is loaded: configure({ maxEntries: { waiting: … } }).';
    expect(output.split("\n")).toEqual([full, "1 2 undefined", full, "2 1 undefined", ""]);
  });

  test("of an object that declares it so is shared with the next object", () => {
    const output = onBpffs(
      `
      const one = openObject(bytes, undefined, { pinFolder: folder }).load();
      one.map("shared").set(1, 11n);
      one[Symbol.dispose]();
      const other = openObject(bytes, undefined, { pinFolder: folder }).load();
      console.log(other.map("shared").get(1), openPinnedMap(folder + "/shared").kind);
      other[Symbol.dispose]();`,
      "loader-pinned",
    );
    expect(output).toBe("11n hash\n");
    expect(() => openObject(fixture("loader-pinned"), undefined, { pinFolder: "maps" })).toThrow(
      "give an absolute path",
    );
  });

  test("cannot lie outside of a bpffs, where nothing is removed either", () => {
    using loaded = openObject(fixture("loader-maps"), undefined, { name: "maps" }).load();
    const folder = mkdtempSync(join(tmpdir(), "irqtrace-pin-"));
    try {
      expect(() => loaded.map("recent").pin(join(folder, "recent"))).toThrow(
        `Cannot pin "recent": "${folder}" does not lie on a bpffs. Mount one: mount -t bpf bpf /sys/fs/bpf`,
      );
      expect(() => openPinnedMap(join(folder, "recent"))).toThrow("does not lie on a bpffs");
      expect(() => unpin(folder)).toThrow(TypeError);
      expect(() => unpin(join(folder, "recent"))).toThrow("it does not exist (ENOENT)");
      expect(() => loaded.map("recent").pin("recent")).toThrow("give an absolute path");
      expect(() => loaded.map("recent").pin("/sys/fs/bpf/a\0b")).toThrow(TypeError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
