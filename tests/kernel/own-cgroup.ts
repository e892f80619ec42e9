import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { cgroupMounts } from "@irqtrace/tracer";

/** A cgroup v2 of our own, below the first mount. */
export function ownCgroup(): Disposable & { readonly path: string; readonly mount: string } {
  const [mount] = cgroupMounts();
  if (mount === undefined) throw new Error("There is no cgroup v2 here.");
  const path = join(mount, `irqtrace-test-${process.pid}-${Bun.nanoseconds()}`);
  mkdirSync(path);
  return { path, mount, [Symbol.dispose]: () => rmdirSync(path) };
}
