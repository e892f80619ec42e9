export { type BundledLibbpf, bundledLibbpf, embedLibbpf, LIBBPF_VERSION } from "./bundled-libbpf.ts";
export { LIBBPF_TARGETS, type LibbpfTarget, libbpfTarget } from "./libbpf-target.ts";
