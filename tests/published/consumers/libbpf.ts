import { type BundledLibbpf, bundledLibbpf, LIBBPF_VERSION, libbpfTarget } from "@irqtrace/libbpf";

const bundled: BundledLibbpf | null = bundledLibbpf();
const target = libbpfTarget();
if (bundled === null || target === null || !bundled.path.includes(target) || bundled.version !== LIBBPF_VERSION)
  throw new Error(`${target}: ${JSON.stringify(bundled)}`);
console.log(`libbpf: well (${bundled.version})`);
