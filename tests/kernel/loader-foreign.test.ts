import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { BpfError, type LoadedObject, openObject, readSchema, UnsupportedKernelError } from "@irqtrace/loader";
import { sendUdp } from "./load/loads.ts";
import { extractBpfObject } from "./loader-extract-object.ts";

// Tools that others wrote and built (Debian's libbpf-tools), each with its object inside.
const FOLDER = "/usr/sbin";
const RUNNABLE = ["hardirqs", "softirqs", "runqlat", "runqslower", "biolatency", "bitesize", "drsnoop"] as const;
const ALL = [
  ...RUNNABLE,
  "bashreadline",
  "bindsnoop",
  "biopattern",
  "biosnoop",
  "biostacks",
  "biotop",
  "cachestat",
  "capable",
  "cpudist",
  "cpufreq",
  "execsnoop",
  "exitsnoop",
  "filelife",
  "filetop",
  "fsdist",
  "fsslower",
  "funclatency",
  "gethostlatency",
  "javagc",
  "klockstat",
  "ksnoop",
  "llcstat",
  "mdflush",
  "mountsnoop",
  "numamove",
  "offcputime",
  "oomkill",
  "opensnoop",
  "readahead",
  "runqlen",
  "sigsnoop",
  "slabratetop",
  "solisten",
  "statsnoop",
  "syscount",
  "tcpconnect",
  "tcpconnlat",
  "tcplife",
  "tcprtt",
  "tcpstates",
  "tcpsynbl",
  "tcptop",
  "tcptracer",
  "vfsstat",
  "wakeuptime",
] as const;

const isInstalled = existsSync(`${FOLDER}/softirqs`);
const unlessInstalled = isInstalled ? "" : " (skipped: libbpf-tools are not installed)";

function objectOf(tool: string): Uint8Array {
  const object = extractBpfObject(readFileSync(`${FOLDER}/${tool}`));
  if (object === null) throw new Error(`"${tool}" holds no BPF object.`);
  return object;
}

describe.skipIf(!isInstalled)(`objects that nobody here wrote${unlessInstalled}`, () => {
  test.each(ALL)("%s is opened and described", (tool) => {
    using open = openObject(objectOf(tool), undefined, { name: tool });
    expect(Object.keys(open.schema.programs).length).toBeGreaterThan(0);
    for (const map of Object.values(open.schema.maps)) expect(map.kind).not.toBe("other");
  });

  test.each(RUNNABLE)("%s is loaded, attached and read", async (tool) => {
    using loaded = openObject(objectOf(tool), undefined, { name: tool }).load();
    expect(loaded.programNames.length).toBeGreaterThan(0);
    using _link = loaded.attach();
    await sendUdp(500);
    for (const name of loaded.mapNames) {
      const map = loaded.map(name);
      if (map.kind === "hash" || map.kind === "percpu_hash")
        expect([...map.entries()].length).toBeLessThanOrEqual(map.maxEntries);
    }
    for (const section of ["rodata", "data", "bss"] as const) {
      if (!loaded.hasSection(section)) continue;
      const variables = loaded.section(section);
      for (const variable of variables.names) expect(variables.read(variable as never)).toBeDefined();
    }
  });

  // What this kernel lacks differs from machine to machine; that the reason is told does not.
  test.each(ALL)("%s is loaded and attached, or refused with a reason", (tool) => {
    let loaded: LoadedObject | undefined;
    try {
      loaded = openObject(objectOf(tool), undefined, { name: tool }).load();
      loaded.attach()[Symbol.dispose]();
    } catch (error) {
      expect(error).toBeInstanceOf(BpfError);
      const { message, operation, errno } = error as BpfError;
      expect(message).toMatch(/^Cannot .+ "[^"]+": .+\.( .+[.…}\w)]+\.?)?/);
      expect([operation === "", errno > 0]).toEqual([false, true]);
      if (error instanceof UnsupportedKernelError) expect(error.feature).not.toBe("");
    } finally {
      loaded?.[Symbol.dispose]();
    }
  });

  test("softirqs counts softirqs in its .bss once its options are set", async () => {
    using loaded = openObject(objectOf("softirqs")).load();
    using _link = loaded.attach();
    const total = (): bigint =>
      (loaded.section("bss").read("counts") as readonly bigint[]).reduce((sum, one) => sum + one);
    for (let round = 0; round < 50 && total() === 0n; round++) await sendUdp(200);
    expect(total()).toBeGreaterThan(0n);
  });

  test("hardirqs distinguishes its lines by a key with text", () => {
    const schema = readSchema(objectOf("hardirqs"), { name: "hardirqs", u64: "number" });
    expect(schema.maps["infos"]).toMatchObject({
      kind: "hash",
      key: { kind: "struct", fields: [{ name: "name", type: { kind: "chars", size: 32 } }] },
      value: { kind: "struct", fields: [{ name: "count", type: "u53" }, { name: "slots" }] },
    });
  });
});
