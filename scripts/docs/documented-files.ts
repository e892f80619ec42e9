import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The source files behind what the packages export, from each package.json. */
export function packageEntries(repository: string): readonly string[] {
  return sorted(repository, "packages/*/package.json").flatMap((manifestPath) => {
    const manifest: { exports: Record<string, string | { types: string }> } = JSON.parse(
      readFileSync(manifestPath, "utf8"),
    );
    return Object.values(manifest.exports)
      .filter((target) => typeof target === "object")
      .map(({ types }) => join(manifestPath, "..", types.replace(/^\.\/dist\/(.*)\.d\.ts$/, "src/$1.ts")));
  });
}

export function sourceFiles(repository: string): readonly string[] {
  return sorted(repository, "packages/*/src/**/*.ts").filter((file) => !/\.test\.ts$|\/node_modules\//.test(file));
}

export function readmes(repository: string): readonly string[] {
  return [...sorted(repository, "README.md"), ...sorted(repository, "{packages,apps}/*/README.md")];
}

function sorted(repository: string, pattern: string): readonly string[] {
  return [...new Bun.Glob(pattern).scanSync({ cwd: repository, absolute: true })].sort();
}
