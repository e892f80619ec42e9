import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { DiskFile, spawnAt, udpCommand } from "./load/loads.ts";

const KILLS = 50;
const PLENTY = 1_000_000_000;
const IRQTRACE = resolve(import.meta.dir, "../../irqtrace");

/** Everything of BPF that the kernel holds, by kind and id. */
function bpfObjects(): string[] {
  return ["prog", "map", "link"].flatMap((kind) => {
    const listed: unknown = JSON.parse(Bun.spawnSync(["bpftool", "--json", kind, "show"]).stdout.toString());
    if (!Array.isArray(listed)) throw new Error(`bpftool gave no list of kind ${kind}.`);
    return listed.map(({ id }: { id: number }) => `${kind} ${id}`);
  });
}

async function until(what: () => boolean, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await Bun.sleep(10)) if (what()) return true;
  return what();
}

test(`after ${KILLS} SIGKILLs under load the kernel holds what it held before`, async () => {
  const before = new Set(bpfObjects());
  const left = (): string[] => bpfObjects().filter((object) => !before.has(object));
  using file = new DiskFile();
  const loads = [spawnAt(udpCommand(PLENTY)), spawnAt(file.readCommand(PLENTY))];
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const command = kill % 2 === 0 ? "hardirqs" : "softirqs";
      const child = Bun.spawn([IRQTRACE, command, "0.01", "--json"], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
      // The first report says that it is attached; then at any moment of its work.
      await child.stdout.getReader().read();
      await Bun.sleep((kill * 7) % 23);
      child.kill("SIGKILL");
      await child.exited;
      expect(child.signalCode).toBe("SIGKILL");
    }
  } finally {
    for (const load of loads) load.kill();
    await Promise.all(loads.map((load) => load.exited));
  }
  // The kernel frees programs and maps after a grace period: so may others be that were there before.
  await until(() => left().length === 0, 10_000);
  expect(left()).toEqual([]);
}, 120_000);
