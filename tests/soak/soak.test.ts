import { expect, test } from "bun:test";
import { join } from "node:path";

const MINUTES = 2;

test(
  `for ${MINUTES} minutes of tracing under load nothing grows, nothing is lost and nothing is late`,
  async () => {
    const command = [process.execPath, "--no-install", join(import.meta.dir, "soak.ts"), "--minutes", `${MINUTES}`];
    const soak = Bun.spawn(command, { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
    expect(await soak.exited).toBe(0);
  },
  2 * MINUTES * 60_000,
);
