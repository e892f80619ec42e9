import { expect, test } from "bun:test";
import { IRQTRACE } from "./cli-process.ts";

test.each(["hardirqs", "softirqs", "slow", "victims", "coverage"])(
  "irqtrace %s ends with 4 where there is no /sys, and says what to mount",
  (command) => {
    const hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /sys && exec "$@"', "sh"];
    const { exitCode, stderr } = Bun.spawnSync([...hidden, IRQTRACE, command, "1"]);
    expect(stderr.toString()).toMatch(/^irqtrace: .*\/sys\/devices\/system\/cpu\/possible.* Mount sysfs at \/sys/);
    expect(exitCode).toBe(4);
  },
  20_000,
);
