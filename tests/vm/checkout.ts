import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { CpioEntry } from "./cpio.ts";

/** Where the guest has the checkout. */
export const GUEST_CHECKOUT = "/irqtrace";

const FOLDERS = ["packages", "apps", "scripts", "tests"];
const LEFT_OUT = new Set(["node_modules", "dist", ".turbo"]);

/** The working tree as far as programs need it to run from source, with the third-party packages that its packages depend on. */
export function checkoutEntries(repository: string): readonly CpioEntry[] {
  const files = ["package.json", "tsconfig.json", ...FOLDERS.flatMap((folder) => filesBelow(repository, folder))];
  const own = files.map((path) => entry(`${GUEST_CHECKOUT}/${path}`, `${repository}/${path}`));
  return [...own, ...thirdPartyEntries(repository)];
}

function filesBelow(repository: string, folder: string): readonly string[] {
  return readdirSync(`${repository}/${folder}`, { withFileTypes: true }).flatMap((item) => {
    const path = `${folder}/${item.name}`;
    if (item.isDirectory()) return LEFT_OUT.has(item.name) ? [] : filesBelow(repository, path);
    return item.isFile() ? [path] : [];
  });
}

/** Every package is laid flat into one node_modules: the pinned versions do not conflict, and a conflict is an error here. */
function thirdPartyEntries(repository: string): readonly CpioEntry[] {
  const found = new Map<string, string>();
  const visit = (packageDirectory: string, fields: readonly DependencyField[]): void => {
    for (const name of dependencyNames(packageDirectory, fields)) {
      const directory = findPackage(name, packageDirectory);
      const known = found.get(name);
      if (known === directory) continue;
      if (known !== undefined) throw new Error(`Two versions of ${name} are depended on: ${known} and ${directory}.`);
      found.set(name, directory);
      visit(directory, ["dependencies"]);
    }
  };
  for (const folder of ["packages", "apps"]) {
    for (const name of readdirSync(`${repository}/${folder}`)) {
      if (existsSync(`${repository}/${folder}/${name}/package.json`)) {
        // What gets bundled into the published program is a development dependency.
        visit(`${repository}/${folder}/${name}`, ["dependencies", "devDependencies"]);
      }
    }
  }
  return [...found].flatMap(([name, directory]) =>
    filesBelow(dirname(directory), directory.slice(dirname(directory).length + 1)).map((path) => {
      const inPackage = path.slice(path.indexOf("/") + 1);
      return entry(`${GUEST_CHECKOUT}/node_modules/${name}/${inPackage}`, `${directory}/${inPackage}`);
    }),
  );
}

type DependencyField = "dependencies" | "devDependencies";

function dependencyNames(packageDirectory: string, fields: readonly DependencyField[]): readonly string[] {
  const text = readFileSync(`${packageDirectory}/package.json`, "utf8");
  const manifest: Partial<Record<DependencyField, Record<string, string>>> = JSON.parse(text);
  const dependencies = fields.flatMap((field) => Object.entries(manifest[field] ?? {}));
  return dependencies.filter(([, range]) => !range.startsWith("workspace:")).map(([name]) => name);
}

/** Looks where a module of the package would: in node_modules of its directory and of each above. */
function findPackage(name: string, packageDirectory: string): string {
  for (let directory = packageDirectory; directory !== "/"; directory = dirname(directory)) {
    const candidate = `${directory}/node_modules/${name}`;
    if (existsSync(`${candidate}/package.json`)) return realpathSync(candidate);
  }
  throw new Error(`${name}, a dependency of ${packageDirectory}, is not installed.`);
}

function entry(path: string, source: string): CpioEntry {
  const executable = (statSync(source).mode & 0o100) !== 0;
  return { path, kind: "file", content: readFileSync(source), executable };
}
