import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { BpfError, libbpf, openObject, UnsupportedKernelError, VerifierError } from "@irqtrace/loader";
import { MappedMemory } from "../../packages/loader/src/mapped-memory.ts";
import { nativeCalls } from "../../packages/loader/src/native-calls.ts";
import { BtfBuilder, buildElf } from "../../packages/loader/src/testing/btf-builder.ts";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("the libbpf in use is told by path and version", () => {
  expect(libbpf().version).toMatch(/^1\.\d+$/);
  expect(libbpf().path).toMatch(/^\/.*libbpf.*\.so/);
});

test("bytes that are no object are refused", () => {
  for (const bytes of [new Uint8Array(100), new Uint8Array(0)]) {
    const error = errorOf(() => openObject(bytes, undefined, { name: "rubbish" }));
    expect(error).toBeInstanceOf(BpfError);
    expect(error).toMatchObject({ operation: "open", code: "EINVAL" });
    expect((error as BpfError).message).toStartWith('Cannot open "rubbish": it is not an ELF file.');
  }
});

test("what libbpf refuses to open is refused with libbpf's words", () => {
  const types = new BtfBuilder().bytes();
  const code = { name: "tp_btf/softirq_entry", flags: 6, bytes: new Uint8Array(12) };
  const symbols = [{ name: "cut_off", section: "tp_btf/softirq_entry", value: 8, kind: 2 }];
  const object = buildElf([code, { name: ".BTF", bytes: types }], symbols);
  const error = errorOf(() => openObject(object, undefined, { name: "short" }));
  expect(error).toBeInstanceOf(BpfError);
  expect(error).toMatchObject({ operation: "open", code: "EINVAL" });
  expect((error as BpfError).message).toContain("libbpf says: sec 'tp_btf/softirq_entry': corrupted program 'cut_off'");
});

test("memory that cannot be mapped is refused with the kernel's error", () => {
  const map = (): unknown => new MappedMemory({ what: "nothing", fd: 1_000_000, byteLength: 4096, isWritable: false });
  expect(map).toThrow(expect.objectContaining({ name: "BpfError", code: "EBADF", operation: "map the memory of" }));
});

test("what is neither bytes nor a file is refused", () => {
  expect(() => openObject("tool.bpf.o" as unknown as Uint8Array)).toThrow(TypeError);
  expect(() => openObject(new URL("file:///no/such/tool.bpf.o"))).toThrow("no such file");
});

describe.skipIf(NO_CLANG !== "")(`the kernel's refusals${NO_CLANG}`, () => {
  test("of the verifier name the program and the reason, and have the whole log", () => {
    const error = errorOf(() => openObject(fixture("loader-refused"), undefined, { name: "refused" }).load());
    expect(error).toBeInstanceOf(VerifierError);
    const { message, program, summary, log, truncated, code } = error as VerifierError;
    expect({ program, truncated, code }).toEqual({ program: "reads_unchecked", truncated: false, code: "EACCES" });
    expect(summary).toContain("invalid mem access 'map_value_or_null'");
    expect(message).toContain(
      `Cannot load the program "reads_unchecked": the kernel's verifier refused it: ${summary}`,
    );
    expect(log.split("\n").length).toBeGreaterThan(10);
    expect(log).toContain("processed");
  });

  test("of a tracepoint without BTF are missing features", () => {
    const error = errorOf(() =>
      openObject(fixture("loader-absent"))
        .configure({ maxEntries: { sizeless: 8 } })
        .load(),
    );
    expect(error).toBeInstanceOf(UnsupportedKernelError);
    expect(error).toMatchObject({ feature: "BTF of the tracepoint no_such_tracepoint", code: "ESRCH" });
  });

  test("of a map without a size say how to give it one", () => {
    const error = errorOf(() => openObject(fixture("loader-absent")).load());
    expect((error as BpfError).message).toContain("configure({ maxEntries: { sizeless: … } })");
  });

  test("of tracepoints that are not there name them", () => {
    using loaded = openObject(fixture("loader-absent"))
      .configure({ maxEntries: { sizeless: 8 }, programs: { typed: false } })
      .load();
    expect(errorOf(() => loaded.attach({ only: ["raw"] }))).toMatchObject({ feature: "tracepoint no_such_tracepoint" });
    expect(errorOf(() => loaded.attach({ only: ["homeless"] }))).toMatchObject({ code: "EOPNOTSUPP" });
    // Without tracefs it cannot be told whether the tracepoint is there.
    expect(errorOf(() => loaded.attach({ only: ["classic"] }))).toMatchObject({
      name: expect.stringMatching(/Error$/),
    });
    expect(errorOf(() => loaded.attach({ only: ["classic"] }))).toHaveProperty(
      "message",
      expect.stringContaining("no_such_group:no_such_tracepoint"),
    );
  });

  test("of a process without capabilities name these", () => {
    const program = `
      import { openObject, missingCapabilities } from "@irqtrace/loader";
      const bytes = new Uint8Array(await Bun.stdin.arrayBuffer());
      try { openObject(bytes).load(); console.log("loaded"); }
      catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, missing: missingCapabilities() })); }`;
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"];
    const { stdout, stderr } = Bun.spawnSync([...nobody, process.execPath, "--eval", program], {
      cwd: import.meta.dir,
      stdin: fixture("loader-maps"),
    });
    expect(stderr.toString()).toBe("");
    const { code, message, missing } = JSON.parse(stdout.toString());
    expect({ code, missing }).toEqual({ code: "EPERM", missing: ["CAP_BPF", "CAP_PERFMON"] });
    expect(message).toContain("This process lacks CAP_BPF and CAP_PERFMON");
  });
});

describe.skipIf(NO_CLANG !== "")(`libbpf's output${NO_CLANG}`, () => {
  test("goes to the log option line by line, debug lines included", () => {
    const lines: string[] = [];
    using _loaded = openObject(fixture("loader-maps"), undefined, { log: (line) => lines.push(line) }).load();
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.every((line) => !line.includes("\n"))).toBe(true);
    expect(lines.some((line) => line.includes("count_entry"))).toBe(true);
  });

  test("is in errors without its debug lines, with the log option as without", () => {
    const logOf = (log?: (line: string) => void): readonly string[] => {
      const error = errorOf(() => openObject(fixture("loader-refused"), undefined, { name: "refused", log }).load());
      return (error as BpfError).libbpfLog;
    };
    const lines: string[] = [];
    expect(logOf((line) => lines.push(line))).toEqual(logOf());
    expect(lines.length).toBeGreaterThan(logOf().length);
  });

  test("goes where it went before once a call is done", () => {
    openObject(fixture("loader-maps"))[Symbol.dispose]();
    const { libbpf_set_print: setPrint } = nativeCalls().functions;
    const current = setPrint(null);
    setPrint(current);
    const within = readFileSync("/proc/self/maps", "utf8")
      .split("\n")
      .find((line) => {
        const [start = 0, end = 0] = (line.split(" ")[0] ?? "").split("-").map((text) => Number.parseInt(text, 16));
        return Number(current) >= start && Number(current) < end;
      });
    expect(within).toContain("libbpf");
  });

  test("reaches nobody without it", () => {
    const program = `
      import { openObject } from "@irqtrace/loader";
      const bytes = new Uint8Array(await Bun.stdin.arrayBuffer());
      try { openObject(bytes).load(); } catch (error) { console.log(error.name); }`;
    const { stdout, stderr } = Bun.spawnSync([process.execPath, "--eval", program], {
      cwd: import.meta.dir,
      stdin: fixture("loader-refused"),
    });
    expect({ stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({ stdout: "VerifierError\n", stderr: "" });
  });

  test("reaches a log option whose failure is an uncaught error of its own", () => {
    const program = `
      import { openObject } from "@irqtrace/loader";
      process.on("uncaughtException", (error) => console.log(error.message));
      const bytes = new Uint8Array(await Bun.stdin.arrayBuffer());
      let failures = 0;
      const log = () => { if (failures++ === 0) throw new Error("full disk"); };
      const loaded = openObject(bytes, undefined, { log }).load();
      loaded.attach()[Symbol.dispose]();
      console.log(loaded.programNames.length);`;
    const { stdout } = Bun.spawnSync([process.execPath, "--eval", program], {
      cwd: import.meta.dir,
      stdin: fixture("loader-maps"),
    });
    expect(stdout.toString()).toBe("2\nfull disk\n");
  });
});
