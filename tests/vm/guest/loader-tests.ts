import { runBunTests } from "./bun-tests.ts";
import type { Check } from "./report.ts";

const FILES = ["features", "maps", "programs", "ring-buffer"].map((name) => `tests/kernel/loader-${name}.test.ts`);

/** What these machines have not. */
const EXCLUDED = [
  // bpftool
  "have the kernel's number",
  "as bpftool lists",
  // setpriv
  "keep their statistics to",
  // The kernel: until 6.10 a program attaches to a raw tracepoint once (kernel/tracepoint.c, func_add).
  "can be attached twice",
];

/** The loader's own tests against this kernel. */
export const LOADER_CHECKS: readonly Check[] = [
  { name: "the loader's kernel tests pass", run: () => runBunTests(FILES, EXCLUDED) },
];
