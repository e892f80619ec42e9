import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { UnsupportedPlatformError } from "@irqtrace/loader";
import packageJson from "../package.json" with { type: "json" };
import { programWords, requireBun, resolveCgroup } from "./process-environment.ts";

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

describe("a Bun", () => {
  test.each(["1.4.0", "1.4.5", "1.10.0", "2.0.0", "1.5.0-canary.1"])("of version %s will do", async (version) => {
    expect(await requireBun(version)).toBeUndefined();
  });

  test.each(["1.3.11", "0.8.1"])(
    "of version %s is refused with the version that package.json asks for",
    async (version) => {
      const error = await requireBun(version).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnsupportedPlatformError);
      expect(String(error)).toContain(version);
      expect(packageJson.engines.bun).toBe(`>=${/Install Bun (\S+)/.exec(String(error))?.[1]}`);
    },
  );
});

describe("the real environment", () => {
  const run = (script: string, env: Record<string, string> = {}, before: readonly string[] = []) => {
    const file = JSON.stringify(fileURLToPath(new URL("process-environment.ts", import.meta.url)));
    const prelude = `const { createProcessEnvironment } = await import(${file}); const environment = createProcessEnvironment();`;
    const child = Bun.spawnSync([...before, process.execPath, "-e", prelude + script], { env });
    return { code: child.exitCode, stdout: child.stdout.toString() };
  };

  test("hears of signals until it is told to stop, and then exits in peace", () => {
    const script = `
      const end = environment.onStopSignal((signal) => console.log(signal));
      for (const signal of ["SIGHUP", "SIGTERM", "SIGINT"]) { process.kill(process.pid, signal); await Bun.sleep(20); }
      end();
      for (const signal of ["SIGHUP", "SIGTERM", "SIGINT"]) { process.kill(process.pid, signal); await Bun.sleep(20); }
      console.log("end");`;
    expect(run(script)).toEqual({ code: 0, stdout: "SIGHUP\nSIGTERM\nSIGINT\nend\n" });
  });

  test("hears of no hang-up that nohup has it ignore, and of the other signals even if they were ignored", () => {
    const script = `
      environment.onStopSignal((signal) => console.log(signal));
      for (const signal of ["SIGHUP", "SIGTERM", "SIGINT"]) { process.kill(process.pid, signal); await Bun.sleep(20); }
      process.exit(0);`;
    const ignoring = ["sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "sh"];
    expect(run(script, {}, ignoring)).toEqual({ code: 0, stdout: "SIGTERM\nSIGINT\n" });
  });

  test("can be ended by a signal if the exit does not come", () => {
    const script = `
      environment.onStopSignal(() => console.log("heard"))();
      await Bun.sleep(600);
      process.kill(process.pid, "SIGTERM");
      await Bun.sleep(1000);
      console.log("not reached");`;
    expect(run(script)).toEqual({ code: 130, stdout: "" });
  });

  test("knows the time zone on both sides of a change", () => {
    const script = `for (const second of ["00:59:59", "01:00:00"]) console.log(environment.utcOffsetMinutes(new Date("2026-03-29T" + second + "Z")));`;
    expect(run(script, { TZ: "Europe/Berlin" }).stdout).toBe("60\n120\n");
  });
});
