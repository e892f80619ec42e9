import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { createProcessEnvironment, programWords, resolveCgroup } from "./process-environment.ts";

describe("the words that start the program again", () => {
  test("are the script's alone when it brings its own Bun", () => {
    const env = { IRQTRACE_PROGRAM: "./irqtrace", IRQTRACE_LAUNCHER: "/src/apps/cli/bin/irqtrace" };
    expect(programWords(env, "/src/toolchain/bun", "/src/main.ts")).toEqual(["./irqtrace"]);
  });

  test("are the launcher's alone when sudo finds the same Bun", () => {
    expect(programWords({ IRQTRACE_LAUNCHER: "/usr/bin/irqtrace" }, "/usr/local/bin/bun", "/x/main.ts")).toEqual([
      "/usr/bin/irqtrace",
    ]);
  });

  test("name the Bun of a home, which sudo would not find", () => {
    expect(
      programWords({ IRQTRACE_LAUNCHER: "/home/me/.bun/bin/irqtrace" }, "/home/me/.bun/bin/bun", "/x/main.ts"),
    ).toEqual(["env", "npm_execpath=/home/me/.bun/bin/bun", "/home/me/.bun/bin/irqtrace"]);
  });

  test("are Bun and the file without a launcher", () => {
    expect(programWords({}, "/usr/bin/bun", "/x/main.ts")).toEqual(["/usr/bin/bun", "/x/main.ts"]);
  });
});

describe("a cgroup's path", () => {
  test("that is there from where the user stands is meant from there", () => {
    expect(resolveCgroup("self", "/proc")).toBe("/proc/self");
    expect(resolveCgroup(".", "/proc/self")).toBe("/proc/self");
    expect(resolveCgroup("../self", "/proc/self")).toBe("/proc/self");
  });

  test("that is absolute or not there is left to the tracer", () => {
    expect(resolveCgroup("/proc/self", "/")).toBe("/proc/self");
    expect(resolveCgroup("/user.slice/nothing", "/")).toBe("/user.slice/nothing");
    expect(resolveCgroup("web.slice", "/proc")).toBe("web.slice");
  });
});

describe("the real environment", () => {
  test("hears of signals until it is told to stop", async () => {
    const heard: string[] = [];
    const unsubscribe = createProcessEnvironment().onStopSignal((signal) => heard.push(signal));
    for (const signal of ["SIGHUP", "SIGTERM", "SIGINT"] as const) {
      process.kill(process.pid, signal);
      while (heard.at(-1) !== signal) await Bun.sleep(1);
    }
    unsubscribe();
    expect(heard).toEqual(["SIGHUP", "SIGTERM", "SIGINT"]);
    for (const signal of heard) expect(process.listenerCount(signal)).toBe(0);
  });

  test("knows the time zone on both sides of a change", () => {
    const script = `import { createProcessEnvironment } from ${JSON.stringify(fileURLToPath(new URL("process-environment.ts", import.meta.url)))};
      const environment = createProcessEnvironment();
      console.log(environment.utcOffsetMinutes(new Date("2026-03-29T00:59:59Z")), environment.utcOffsetMinutes(new Date("2026-03-29T01:00:00Z")));`;
    const child = Bun.spawnSync([process.execPath, "-e", script], { env: { TZ: "Europe/Berlin" } });
    expect(child.stdout.toString()).toBe("60 120\n");
  });
});
