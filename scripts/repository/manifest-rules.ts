/** The fields of a published package.json that have a rule. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly type?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly sideEffects?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly publishConfig?: { readonly access?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Fields that would tie a tarball to a host or to a machine. */
const TIED = ["repository", "homepage", "bugs", "private"];
/** Only what holds machine code may refuse a platform, and whoever depends on it does so optionally. */
const NATIVE = "@irqtrace/libbpf";
const EXACT = /^\d+\.\d+\.\d+$/;

/** What a published package's manifest lacks; `hasFile` answers for paths relative to the package. */
export function manifestFaults(manifest: Manifest, hasFile: (path: string) => boolean): readonly string[] {
  const faults: string[] = [];
  const demand = (met: boolean, fault: string): void => {
    if (!met) faults.push(`${manifest.name}: ${fault}`);
  };
  demand((manifest.description ?? "").length > 20, "has no telling description");
  demand((manifest.keywords ?? []).length > 0, "has no keywords");
  demand(manifest.type === "module", 'is not of type "module"');
  demand(manifest.engines?.["bun"] !== undefined, "does not say which Bun it needs (engines)");
  demand(manifest.sideEffects === false, 'does not say "sideEffects": false');
  demand(manifest.publishConfig?.access === "public", "is not published publicly (publishConfig.access)");
  demand(manifest.files !== undefined, "does not list its files");
  demand(manifest.license !== undefined, "names no licence");
  for (const field of TIED)
    demand(!(field in manifest), `has the field "${field}", which published packages here do without`);
  for (const field of ["os", "cpu"])
    demand(manifest.name === NATIVE || !(field in manifest), `refuses platforms ("${field}")`);
  demand(manifest.dependencies?.[NATIVE] === undefined, `requires ${NATIVE}, which must be an optional dependency`);
  for (const file of ["LICENSE", "README.md"]) demand(hasFile(file), `has no ${file}`);
  for (const fault of [...exportFaults(manifest, hasFile), ...rangeFaults(manifest)]) demand(false, fault);
  return faults;
}

function exportFaults(manifest: Manifest, hasFile: (path: string) => boolean): readonly string[] {
  const targets = Object.entries(manifest.exports ?? {});
  const faults = targets.flatMap(([name, target]) => {
    const paths = typeof target === "string" ? [target] : [target.types, target.default];
    return paths
      .filter((path) => !hasFile(sourceOf(path)))
      .map((path) => `exports ${path} as ${name}, which nothing builds`);
  });
  return targets.some(([name]) => name === "./package.json") ? faults : [...faults, "does not export ./package.json"];
}

/** The file in the repository that a published path is, or is built from. */
function sourceOf(path: string): string {
  return path.replace(/^\.\/dist\/(.*?)(\.d\.ts|\.js)$/, "./src/$1.ts").replace(/\/\*$/, "");
}

function rangeFaults(manifest: Manifest): readonly string[] {
  const ranges = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });
  return ranges
    .filter(([name, range]) => (name.startsWith("@irqtrace/") ? range !== "workspace:*" : !EXACT.test(range)))
    .map(([name, range]) => `depends on ${name} as "${range}": workspace:* for our own, an exact version for others`);
}
