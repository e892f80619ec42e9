import { describe, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FdSink } from "./fd-sink.ts";

const CHILD = fileURLToPath(new URL("testing/write-lines.ts", import.meta.url));

async function textOf(stream: ReadableStream): Promise<string> {
  return await new Response(stream).text();
}

/** What a non-blocking pipe holds, up to 30,000 characters. */
function readSome(fd: number): string {
  const bytes = new Uint8Array(30_000);
  try {
    return new TextDecoder().decode(bytes.subarray(0, readSync(fd, bytes)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return "";
    throw error;
  }
}

describe("a sink", () => {
  test("that a slow reader takes in small bites loses and repeats nothing", async () => {
    const directory = mkdtempSync(join(tmpdir(), "irqtrace-sink-"));
    const fifo = join(directory, "fifo");
    Bun.spawnSync(["mkfifo", fifo]);
    // Another process may have made the pipe non-blocking: then writes are cut short or refused for the moment.
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      const text = Array.from({ length: 40_000 }, (_, index) => `line ${index}\n`).join("");
      const written = new FdSink(writer, () => undefined).write(text);
      let read = "";
      while (read.length < text.length) {
        await Bun.sleep(2);
        read += readSome(reader);
      }
      await written;
      expect(read === text).toBe(true);
    } finally {
      closeSync(writer);
      closeSync(reader);
      rmSync(directory, { recursive: true });
    }
  });

  test("writes what has come together meanwhile at once, in its order", async () => {
    const directory = mkdtempSync(join(tmpdir(), "irqtrace-sink-"));
    const file = join(directory, "file");
    const fd = openSync(file, "w");
    const systemCalls = (): number => Number(/^syscw: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
    try {
      const sink = new FdSink(fd, () => undefined);
      const before = systemCalls();
      const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
      for (const line of lines) void sink.write(line);
      await sink.write("");
      expect(systemCalls() - before).toBeLessThan(500);
      expect(readFileSync(file, "utf8")).toBe(lines.join(""));
    } finally {
      closeSync(fd);
      rmSync(directory, { recursive: true });
    }
  });

  test("whose reader is gone says so", async () => {
    const child = Bun.spawn(["sh", "-c", '"$0" "$1" | head -c 10', process.execPath, CHILD], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const [text, told] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    expect(text).toBe("x".repeat(10));
    expect(told).toBe("started\nclosed\n");
  });

  test("whose terminal has hung up says so, although nobody had asked whether it is one", async () => {
    const directory = mkdtempSync(join(tmpdir(), "irqtrace-sink-"));
    const told = join(directory, "told");
    try {
      // Writes when the hang-up comes, not before.
      const script = `process.on("SIGHUP", () => import(process.argv[1])); setInterval(() => {}, 1000); console.log("ready");`;
      const ready = Promise.withResolvers<void>();
      const child = Bun.spawn(["sh", "-c", 'exec "$0" -e "$1" "$2" 2> "$3"', process.execPath, script, CHILD, told], {
        terminal: { data: () => ready.resolve() },
      });
      await ready.promise;
      child.terminal?.close();
      while (readFileSync(told, "utf8") !== "started\nclosed\n") await Bun.sleep(10);
      child.kill("SIGKILL");
      await child.exited;
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("whose peer resets the connection says so", async () => {
    using server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: () => undefined, open: (socket) => socket.terminate() },
    });
    const connect = `exec 1<> /dev/tcp/127.0.0.1/${server.port}; sleep 0.2; exec "$0" "$1"`;
    const child = Bun.spawn(["bash", "-c", connect, process.execPath, CHILD], { stderr: "pipe" });
    expect(await textOf(child.stderr)).toBe("started\nclosed\n");
  });

  test("leaves signals their way while nobody reads", async () => {
    const directory = mkdtempSync(join(tmpdir(), "irqtrace-sink-"));
    const fifo = join(directory, "fifo");
    Bun.spawnSync(["mkfifo", fifo]);
    const unread = openSync(fifo, constants.O_RDWR);
    try {
      const child = Bun.spawn([process.execPath, CHILD], { stdout: unread, stderr: "pipe" });
      // A pipe holds 64 KiB, less than one line: after this time the child stands in its first write.
      await Bun.sleep(500);
      expect(child.exitCode).toBeNull();
      child.kill("SIGTERM");
      expect(await child.exited).toBe(5);
      expect(await textOf(child.stderr)).toBe("started\nterminated\n");
    } finally {
      closeSync(unread);
      rmSync(directory, { recursive: true });
    }
  });

  test("on a full device fails with the reason", async () => {
    const child = Bun.spawn(["sh", "-c", '"$0" "$1" > /dev/full', process.execPath, CHILD], {
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await textOf(child.stderr)).toMatch(/^started\nError: Cannot write the output: .*no space left/i);
  });

  test("writes in the order of the calls", async () => {
    const directory = mkdtempSync(join(tmpdir(), "irqtrace-sink-"));
    const file = join(directory, "text");
    const fd = openSync(file, "w");
    try {
      const sink = new FdSink(fd, () => 80);
      await Promise.all([sink.write("a".repeat(1_000_000)), sink.write(""), sink.write("é\n")]);
      expect(readFileSync(file, "utf8")).toBe(`${"a".repeat(1_000_000)}é\n`);
      expect(sink.isTTY).toBe(false);
      expect(sink.columns).toBeUndefined();
    } finally {
      closeSync(fd);
      rmSync(directory, { recursive: true });
    }
  });
});
