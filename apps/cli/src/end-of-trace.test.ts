import { describe, expect, test } from "bun:test";
import { ClosedOutputError } from "./closed-output-error.ts";
import { STOP_SIGNALS } from "./environment.ts";
import { main } from "./main.ts";
import { FakeEnvironment, type FakeSettings } from "./testing/fake-environment.ts";
import { hardirqEvents, scriptOf, timed } from "./testing/scripts.ts";

const script = scriptOf(timed(hardirqEvents()));

function start(
  words: string,
  settings: Partial<FakeSettings> = {},
): { environment: FakeEnvironment; ended: Promise<number> } {
  const environment = new FakeEnvironment({ script, ...settings });
  return { environment, ended: main(words.split(" "), environment) };
}

/** Waits until the condition holds; a condition that never does fails by the test's own time limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

const never = (): Promise<void> => new Promise(() => {});

function startsOf(environment: FakeEnvironment): readonly unknown[] {
  return environment.reports.map((report) => JSON.parse(report).start);
}

describe("a trace with a count", () => {
  test("ends by itself after that many reports, detached", async () => {
    const { environment, ended } = start("hardirqs 1 2 --json");
    expect(await ended).toBe(0);
    expect(environment.reports).toHaveLength(2);
    expect(environment.tracer.isDisposed).toBe(true);
    expect(environment.listenerCount).toBe(0);
    expect(environment.tracer.requests).toMatchObject([{ everyMs: 1000, count: 2 }]);
  });
});

for (const signal of STOP_SIGNALS) {
  describe(signal, () => {
    test("prints the partial report and ends with 0", async () => {
      const { environment, ended } = start("hardirqs 0.5 --json");
      await until(() => environment.reports.length === 2);
      environment.send(signal);
      expect(await ended).toBe(0);
      expect(startsOf(environment)).toEqual([
        "2026-03-29T00:59:58.250Z",
        "2026-03-29T00:59:59.250Z",
        "2026-03-29T01:00:00.250Z",
      ]);
      expect(environment.tracer.isDisposed).toBe(true);
      expect(environment.listenerCount).toBe(0);
      expect(environment.exits).toEqual([]);
    });

    test("without an interval ends with one summary of the whole trace", async () => {
      const { environment, ended } = start("hardirqs --json");
      await until(() => environment.opened.length === 1);
      await Bun.sleep(5);
      expect(environment.reports).toEqual([]);
      environment.send(signal);
      expect(await ended).toBe(0);
      expect(environment.reports).toHaveLength(1);
      expect(JSON.parse(environment.outputText).intervalNs).toBe(2_400_002_346);
      expect(environment.tracer.requests).toEqual([]);
      expect(environment.tracer.isDisposed).toBe(true);
    });

    test("detaches and keeps the partial report even while the reader stands still", async () => {
      const writes: string[] = [];
      let release = (): void => {};
      const write = (text: string): Promise<void> => {
        writes.push(text);
        return new Promise((resolve) => {
          release = resolve;
        });
      };
      const { environment, ended } = start("hardirqs 1 --json", { stdout: { write } });
      await until(() => writes.length === 1);
      environment.send(signal);
      await until(() => environment.tracer.isDisposed);
      expect(writes.map((text) => JSON.parse(text).intervalNs)).toEqual([1_000_012_345, 400_000_000]);
      expect(await Promise.race([ended, Bun.sleep(5).then(() => "still writing")])).toBe("still writing");
      release();
      expect(await ended).toBe(0);
    });
  });
}

describe("Ctrl-C again", () => {
  test("ends at once with 130 while the reader stands still", async () => {
    const { environment } = start("hardirqs 1", { stdout: { write: never } });
    await until(() => environment.tracer.intervalsGiven === 1);
    environment.send("SIGINT");
    await until(() => environment.tracer.isDisposed);
    expect(environment.exits).toEqual([]);
    environment.nowMs += 100;
    environment.send("SIGINT");
    expect(environment.exits).toEqual([130]);
  });

  test("is not meant when bunx passes one key press on a second time", async () => {
    const { environment, ended } = start("hardirqs 1");
    await until(() => environment.reports.length === 2);
    environment.send("SIGINT");
    environment.nowMs += 99;
    environment.send("SIGINT");
    expect(await ended).toBe(0);
    expect(environment.exits).toEqual([]);
    expect(environment.reports).toHaveLength(3);
  });

  test("counts after any other signal too", async () => {
    const { environment } = start("hardirqs 1", { stdout: { write: never } });
    await until(() => environment.tracer.intervalsGiven === 1);
    environment.send("SIGTERM");
    environment.nowMs += 500;
    environment.send("SIGINT");
    expect(environment.exits).toEqual([130]);
  });

  test("is not what a second SIGTERM or SIGHUP means", async () => {
    const { environment, ended } = start("hardirqs 1");
    await until(() => environment.reports.length === 2);
    environment.send("SIGTERM");
    environment.nowMs += 500;
    environment.send("SIGHUP");
    environment.send("SIGTERM");
    expect(await ended).toBe(0);
    expect(environment.exits).toEqual([]);
    expect(environment.reports).toHaveLength(3);
  });
});

describe("a slow reader", () => {
  test("of the last report does not keep the programs attached", async () => {
    const writes: string[] = [];
    const write = (text: string): Promise<void> => {
      writes.push(text);
      return writes.length === 1 ? Promise.resolve() : never();
    };
    const { environment } = start("hardirqs 1 2 --json", { stdout: { write } });
    await until(() => environment.tracer.isDisposed);
    expect(writes).toHaveLength(2);
  });

  test("holds the trace back: the next interval is not asked for before the last is written", async () => {
    const { environment } = start("hardirqs 1", { stdout: { write: never } });
    await until(() => environment.tracer.intervalsGiven === 1);
    await Bun.sleep(20);
    expect(environment.tracer.intervalsGiven).toBe(1);
    environment.send("SIGTERM");
  });
});

describe("a closed pipe", () => {
  const closedAfter = (reports: number): Partial<FakeSettings> => {
    let written = 0;
    const write = async (): Promise<void> => {
      written += 1;
      if (written > reports) throw new ClosedOutputError("The output was closed.");
    };
    return { stdout: { write } };
  };

  for (const words of ["hardirqs 1", "hardirqs 1 --json", "hardirqs 1 --format csv", "hardirqs -d 1", "hardirqs 1 2"]) {
    test(`ends irqtrace ${words} quietly with 0`, async () => {
      const { environment, ended } = start(words, closedAfter(1));
      expect(await ended).toBe(0);
      expect(environment.errorText).toBe("");
      expect(environment.tracer.isDisposed).toBe(true);
    });
  }

  test("ends the help quietly with 0", async () => {
    const { environment, ended } = start("--help", closedAfter(0));
    expect(await ended).toBe(0);
    expect(environment.errorText).toBe("");
  });

  test("found at the partial report ends quietly with 0", async () => {
    const { environment, ended } = start("hardirqs", closedAfter(0));
    await until(() => environment.opened.length === 1);
    environment.send("SIGINT");
    expect(await ended).toBe(0);
    expect(environment.errorText).toBe("");
  });
});

describe("an output that fails", () => {
  test("ends with 1 and the reason, detached", async () => {
    const write = (): Promise<void> => Promise.reject(new Error("Cannot write the output: no space left on device"));
    const { environment, ended } = start("hardirqs 1", { stdout: { write } });
    expect(await ended).toBe(1);
    expect(environment.errorText).toBe("irqtrace: Cannot write the output: no space left on device\n");
    expect(environment.tracer.isDisposed).toBe(true);
    expect(environment.listenerCount).toBe(0);
  });
});
