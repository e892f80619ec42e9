/**
 * Joins the modules that tsc wrote to a package's dist into one file for each entry, and one for what entries share:
 * a hundred small files take Bun longer to read than an object takes to load. Declarations stay as they are.
 *
 *   bun ../../scripts/bundle-package.ts       in the package's folder, after tsc
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const dist = resolve("dist");

/** The modules that others can import or run, as package.json names them. */
function entries(): string[] {
  const manifest: unknown = JSON.parse(readFileSync("package.json", "utf8"));
  const paths = JSON.stringify(manifest).matchAll(/"\.\/(dist\/[^"*]+\.js)"/g);
  return [...new Set([...paths].map(([, path = ""]) => path))];
}

const entrypoints = entries();
const output = mkdtempSync(join(tmpdir(), "irqtrace-bundle-"));
try {
  const { success, logs } = await Bun.build({
    entrypoints,
    root: dist,
    outdir: output,
    external: ["@irqtrace/*"],
    target: "bun",
    splitting: entrypoints.length > 1,
    naming: { entry: "[dir]/[name].js", chunk: "shared-[hash].js" },
  });
  if (!success) throw new AggregateError(logs, "Cannot bundle the package.");
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".js")) rmSync(join(dist, file));
  }
  cpSync(output, dist, { recursive: true });
} finally {
  rmSync(output, { recursive: true });
}
