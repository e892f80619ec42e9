/** Where a single-file executable begins: its libbpf is inside of it. */
import { embedLibbpf } from "@irqtrace/libbpf";
import { runProcess } from "../../apps/cli/src/main.ts";

/** Runs the command line; `libbpf` is where Bun shows the embedded file. */
export async function startExecutable(libbpf: string): Promise<void> {
  // Both belong to the launcher of the package. Here nobody but who starts this could have set them.
  process.env["IRQTRACE_PROGRAM"] = process.execPath;
  process.env["IRQTRACE_CWD"] = process.cwd();
  embedLibbpf(libbpf);
  await runProcess();
}
