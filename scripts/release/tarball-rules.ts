import type { PackedManifest, PackedPackage } from "./packed-package.ts";

/**
 * What each tarball may weigh, in bytes: about a third more than it does. Whoever installs one of these pays for every
 * byte, so growth is decided on here and does not just happen.
 */
export const TARBALL_LIMITS_BYTES: Readonly<Record<string, number>> = {
  "@irqtrace/bpf-objects": 250_000,
  "@irqtrace/decode": 40_000,
  "@irqtrace/hardirqs": 22_000,
  "@irqtrace/interrupts": 50_000,
  "@irqtrace/libbpf": 1_400_000,
  "@irqtrace/loader": 85_000,
  "@irqtrace/softirqs": 17_000,
  "@irqtrace/tracer": 22_000,
  irqtrace: 88_000,
};

/** Files that a package cannot do without, besides what its manifest names. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "@irqtrace/bpf-objects": [
    "prebuilt/hardirqs.bpf.o",
    "prebuilt/slow.bpf.o",
    "prebuilt/softirqs.bpf.o",
    "prebuilt/victims.bpf.o",
    "src/bpf/hardirqs.bpf.c",
    "src/bpf/slow.bpf.c",
    "src/bpf/softirqs.bpf.c",
    "src/bpf/victims.bpf.c",
    "LICENSES/GPL-2.0-only.txt",
    "LICENSES/MIT.txt",
  ],
  "@irqtrace/libbpf": [
    "prebuilt/linux-arm64-glibc/libbpf.so",
    "prebuilt/linux-arm64-musl/libbpf.so",
    "prebuilt/linux-x64-glibc/libbpf.so",
    "prebuilt/linux-x64-musl/libbpf.so",
  ],
  irqtrace: [
    "dist/irqtrace.js",
    "dist/THIRD-PARTY-LICENSES.txt",
    "dist/completions/_irqtrace",
    "dist/completions/irqtrace.bash",
    "dist/completions/irqtrace.fish",
    "dist/man/irqtrace.1",
  ],
};
const REQUIRED_EVERYWHERE = ["package.json", "LICENSE", "README.md"];

/** Written for the repository, of no use to who installs a package. */
const SURPLUS: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\.(test|spec)\.[^/]*$/, what: "a test" },
  { pattern: /(^|\/)(testing|tests?|fixtures?|golden|node_modules|\.turbo)\//, what: "of the repository alone" },
  { pattern: /\.map$/, what: "a source map" },
  { pattern: /(^|\/)(tsconfig[^/]*|turbo)\.json$/, what: "a build setting" },
  { pattern: /(?<!\.d)\.ts$/, what: "a source that is not what runs" },
  { pattern: /(^|\/)\.env|\.(log|tgz|pem|key)$/, what: "never meant to be published" },
];

const OWN = /^(irqtrace$|@irqtrace\/)/;

/** Everything that is wrong with a tarball, a sentence each; `version` is the one that all of them are released with. */
export function tarballFaults(packed: PackedPackage, version: string): readonly string[] {
  const { manifest } = packed;
  const faults = [
    ...missingFiles(packed),
    ...surplusFiles(packed),
    ...dependencyFaults(manifest, version),
    ...weightFaults(packed),
  ];
  if (manifest.version !== version) faults.push(`is version ${manifest.version}, and the release is ${version}`);
  return faults.map((fault) => `${manifest.name}: ${fault}`);
}

function missingFiles({ manifest, files }: PackedPackage): readonly string[] {
  const required = [...REQUIRED_EVERYWHERE, ...(REQUIRED[manifest.name] ?? []), ...namedFiles(manifest)];
  const missing = new Set(required.filter((path) => !isThere(path, files)));
  return [...missing].map((path) => `lacks ${path}`);
}

/** What `exports` and `bin` lead to; a JavaScript file without its types is as good as absent to TypeScript. */
function namedFiles({ exports = {}, bin = {} }: PackedManifest): readonly string[] {
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [target] : [...Object.values(target), typesOf(target)],
  );
  return [...targets, ...Object.values(bin)].map((path) => path.replace(/^\.\//, ""));
}

function typesOf(conditions: Readonly<Record<string, string>>): string {
  return conditions["types"] ?? "types of an export";
}

function isThere(path: string, files: PackedPackage["files"]): boolean {
  if (!path.endsWith("*")) return (files.get(path)?.length ?? 0) > 0;
  return [...files.keys()].some((file) => file.startsWith(path.slice(0, -1)));
}

function surplusFiles({ files }: PackedPackage): readonly string[] {
  return [...files.keys()].flatMap((path) =>
    SURPLUS.filter(({ pattern }) => pattern.test(path)).map(({ what }) => `ships ${path}, which is ${what}`),
  );
}

function dependencyFaults(manifest: PackedManifest, version: string): readonly string[] {
  const faults: string[] = [];
  const ranges = [
    manifest.dependencies,
    manifest.devDependencies,
    manifest.peerDependencies,
    manifest.optionalDependencies,
  ].flatMap((some) => Object.entries(some ?? {}));
  for (const [name, range] of ranges) {
    if (/^[a-z]+:/.test(range)) faults.push(`depends on ${name} as "${range}", which no registry knows`);
    else if (OWN.test(name) && range !== version) faults.push(`depends on ${name} ${range} instead of ${version}`);
  }
  return faults;
}

function weightFaults({ manifest, bytes }: PackedPackage): readonly string[] {
  const limit = TARBALL_LIMITS_BYTES[manifest.name];
  if (limit === undefined) return ["has no limit in TARBALL_LIMITS_BYTES (scripts/release/tarball-rules.ts)"];
  return bytes > limit ? [`weighs ${bytes} bytes, and may weigh ${limit}`] : [];
}
