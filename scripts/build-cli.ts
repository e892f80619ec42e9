/**
 * Bundles the command line into apps/cli/dist: its own code with the third-party modules that it uses, whose licences are
 * laid beside. The packages of this repository stay dependencies. What is imported late lies in files of its own: a
 * trace does not wait for the reading of help.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const repository = dirname(import.meta.dir);
const cli = join(repository, "apps/cli");
const output = join(cli, "dist");

/** `node_modules/.../node_modules/NAME`, the folder of an installed package, of a path below it. */
const INSTALLED = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

async function bundle(): Promise<readonly string[]> {
  const result = await Bun.build({
    entrypoints: [join(cli, "src/main.ts")],
    root: join(cli, "src"),
    outdir: output,
    external: ["@irqtrace/*"],
    target: "bun",
    splitting: true,
    naming: { entry: "irqtrace.js", chunk: "late/[name]-[hash].js" },
    metafile: true,
  });
  return Object.keys(result.metafile?.inputs ?? {}).map((input) => relative(repository, join(process.cwd(), input)));
}

function licenceText(folder: string): string {
  const file = readdirSync(join(repository, folder)).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} is bundled and has no licence text.`);
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(repository, folder, "package.json"), "utf8"),
  );
  return `${name} ${version}\n\n${readFileSync(join(repository, folder, file), "utf8").trim()}\n`;
}

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const inputs = await bundle();
const foreign = inputs.filter((input) => !input.startsWith("apps/cli/"));
const folders = new Set(foreign.map((input) => INSTALLED.exec(input)?.[0] ?? input));
const stray = [...folders].filter((folder) => !folder.includes("node_modules"));
if (inputs.length === 0 || stray.length > 0)
  throw new Error(`Bundled, although it is not the CLI's: ${stray.join(", ")}`);
const licences = [...folders].sort().map(licenceText);
writeFileSync(join(output, "THIRD-PARTY-LICENSES.txt"), licences.join(`\n${"-".repeat(78)}\n\n`));
console.log(`apps/cli/dist: ${inputs.length} modules, licences of ${licences.length} packages`);
