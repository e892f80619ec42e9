import { existsSync, readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { libbpf } from "@irqtrace/loader";
import { CACHE } from "./newest-peers.ts";

/** Where and with what was measured. */
export function machine(): Record<string, string> {
  const [cpu] = cpus();
  const mhz = /^cpu MHz\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown";
  return {
    cpu: `${cpus().length} x ${cpu?.model ?? "unknown"}, ${mhz} MHz`,
    kernel: release(),
    bun: Bun.version,
    libbpf: libbpf().version,
    "libbpf-tools, this system's": packageVersion("/", "libbpf-tools"),
    "libbpf-tools, newest": packageVersion(join(CACHE, "newest"), "libbpf-tools"),
    "bpftrace, newest": packageVersion(join(CACHE, "newest-bpftrace"), "bpftrace"),
  };
}

/** By the package's changelog, which it brings along: no database knows what is only unpacked. */
function packageVersion(root: string, name: string): string {
  const path = join(root, "usr/share/doc", name, "changelog.Debian.gz");
  if (!existsSync(path)) return "unknown";
  const [first = ""] = gunzipSync(readFileSync(path)).toString().split("\n", 1);
  return /\(([^)]+)\)/.exec(first)?.[1] ?? "unknown";
}
