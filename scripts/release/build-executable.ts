import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bunRuntime } from "./bun-runtime.ts";
import type { ExecutableTarget } from "./executable-targets.ts";
import { giveToInvokingUser } from "./give-to-invoking-user.ts";
import { runStep } from "./run-step.ts";
import type { StagedRelease } from "./stage-release.ts";

/**
 * Builds a single-file executable from a staged release: Bun, the program, the BPF objects and libbpf in one file.
 * Started by root in a folder that somebody else owns, it obeys neither bunfig.toml nor .env there.
 */
export async function buildExecutable(
  repository: string,
  release: StagedRelease,
  target: ExecutableTarget,
  folder: string,
): Promise<string> {
  const path = join(folder, `irqtrace-${release.version}-${target.name}`);
  const tree = join(release.folder, "tree");
  const entry = join(tree, `scripts/release/executable-${target.name}.ts`);
  writeFileSync(entry, entryOf(target));
  const command = [process.execPath, "build", entry, "--compile", `--target=${target.bunTarget}`, `--outfile=${path}`];
  const runtime = await bunRuntime(repository, target);
  const flags = [
    `--compile-executable-path=${runtime}`,
    // Half of the time to the first program attached goes into reading the code otherwise.
    "--bytecode",
    "--format=esm",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
  ];
  await runStep([...command, ...flags], { cwd: tree });
  giveToInvokingUser(entry);
  return path;
}

function entryOf({ libbpf }: ExecutableTarget): string {
  return `import libbpf from "../../packages/libbpf/prebuilt/${libbpf}/libbpf.so" with { type: "file" };
import { startExecutable } from "./start-executable.ts";

await startExecutable(libbpf);
`;
}
