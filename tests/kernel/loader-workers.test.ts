import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

const LOADER = Bun.fileURLToPath(new URL("../../packages/loader/src/index.ts", import.meta.url));

// libbpf has one print callback per process, and a callback entered on another thread than its own hangs that thread.
test.skipIf(NO_CLANG !== "")(
  `threads load objects at the same time, and each gets its own errors' words${NO_CLANG}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "irqtrace-workers-"));
    try {
      writeFileSync(join(folder, "maps.bpf.o"), fixture("loader-maps"));
      writeFileSync(join(folder, "refused.bpf.o"), fixture("loader-refused"));
      const script = join(folder, "threads.ts");
      writeFileSync(
        script,
        `import { isMainThread, threadId, Worker } from "node:worker_threads";
        import { openObject } from ${JSON.stringify(LOADER)};
        const at = (name) => new URL(name, import.meta.url);
        const ended = (worker) => new Promise((resolve) => worker.once("exit", resolve));
        const workers = isMainThread ? [1, 2, 3].map(() => ended(new Worker(import.meta.path))) : [];
        let right = 0;
        for (let round = 0; round < 12; round++) {
          const name = "thread" + threadId + "round" + round;
          const lines = [];
          const loaded = openObject(at("maps.bpf.o"), undefined, { name, log: (line) => lines.push(line) }).load();
          loaded.attach()[Symbol.dispose]();
          loaded[Symbol.dispose]();
          const own = lines.some((line) => line.includes("'" + name + "'"));
          const foreign = lines.some((line) => /thread\\d+round/.test(line) && !line.includes(name));
          let refusal = "";
          try { openObject(at("refused.bpf.o"), undefined, { name }).load(); }
          catch (error) { refusal = error.libbpfLog.join(); }
          if (own && !foreign && refusal.includes("failed to load object '" + name + "'")) right++;
          await Bun.sleep(0);
        }
        console.log(right);
        await Promise.all(workers);`,
      );
      const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, script], {
        timeout: 60_000,
        cwd: import.meta.dir,
      });
      expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout.toString().trim().split("\n")).toEqual(["12", "12", "12", "12"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  70_000,
);
