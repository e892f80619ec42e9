import type { Environment } from "./environment.ts";
import { escapeControl } from "./escape-control.ts";

/** Which libbpf would be used, or why there is none: the version of what traces is a part of this program's. */
export async function libbpfLine(environment: Pick<Environment, "libbpf">): Promise<string> {
  try {
    const { version, path, source } = await environment.libbpf();
    return escapeControl(`libbpf ${version}, ${path} (${source})`);
  } catch (error) {
    // It was asked for the version, which it can tell on any machine.
    if (error instanceof Error && error.name === "UnsupportedPlatformError")
      return escapeControl(`no libbpf: ${error.message}`);
    throw error;
  }
}
