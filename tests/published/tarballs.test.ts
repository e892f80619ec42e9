import { beforeAll, describe, expect, test } from "bun:test";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type PackedPackage, readPackedPackage } from "../../scripts/release/packed-package.ts";
import { type StagedRelease, stageRelease } from "../../scripts/release/stage-release.ts";
import { tarballFaults } from "../../scripts/release/tarball-rules.ts";

const LIMIT_MS = 120_000;
const repository = dirname(dirname(import.meta.dir));
let release: StagedRelease;

beforeAll(async () => {
  release = await stageRelease(repository);
}, LIMIT_MS);

test("every package is packed, complete and without surplus, and no heavier than it may be", () => {
  for (const { manifest, bytes, files } of release.packages)
    console.log(`${manifest.name} ${manifest.version}: ${bytes} bytes, ${files.size} files`);
  const names = globSync("{packages,apps}/*/package.json", { cwd: repository }).map((path): string => {
    const manifest: { name: string } = JSON.parse(readFileSync(join(repository, path), "utf8"));
    return manifest.name;
  });
  expect(release.packages.map(({ manifest }) => manifest.name).sort()).toEqual(names.sort());
  expect(release.packages.flatMap((packed) => tarballFaults(packed, release.version))).toEqual([]);
});

test("each has a changelog of this version in the copy that would be committed", () => {
  for (const { manifest } of release.packages) {
    const folder = manifest.name === "irqtrace" ? "apps/cli" : manifest.name.replace("@irqtrace", "packages");
    const changelog = readFileSync(join(release.folder, "tree", folder, "CHANGELOG.md"), "utf8");
    expect(changelog).toContain(`## ${release.version}`);
  }
});

test("staging leaves the checkout as it was", () => {
  const manifest: { version: string } = JSON.parse(readFileSync(join(repository, "apps/cli/package.json"), "utf8"));
  const pending = [...new Bun.Glob("*.md").scanSync(join(repository, ".changeset"))];
  expect(pending.length > 0).toBe(manifest.version !== release.version);
});

describe("a spoilt tarball is found out", () => {
  /** The real tarball of a package, packed once more with other content. */
  async function repacked(name: string, change: (files: Map<string, Uint8Array>) => void): Promise<PackedPackage> {
    const original = release.packages.find(({ manifest }) => manifest.name === name);
    if (original === undefined) throw new Error(`${name} is not packed.`);
    const files = new Map(original.files);
    change(files);
    const folder = mkdtempSync(join(tmpdir(), "irqtrace-spoilt-"));
    try {
      const tarball = join(folder, "spoilt.tgz");
      const content = Object.fromEntries([...files].map(([path, bytes]) => [`package/${path}`, bytes]));
      writeFileSync(tarball, await new Bun.Archive(content, { compress: "gzip" }).bytes());
      return await readPackedPackage(tarball);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  function replaceInManifest(files: Map<string, Uint8Array>, pattern: RegExp, by: string): void {
    const text = new TextDecoder().decode(files.get("package.json"));
    expect(text).toMatch(pattern);
    files.set("package.json", new TextEncoder().encode(text.replace(pattern, by)));
  }

  test("packing it again alone is no fault", async () => {
    expect(tarballFaults(await repacked("@irqtrace/tracer", () => {}), release.version)).toEqual([]);
  });

  test.each([
    ["irqtrace", "dist/irqtrace.js"],
    ["irqtrace", "bin/irqtrace"],
    ["@irqtrace/hardirqs", "dist/decode.d.ts"],
    ["@irqtrace/bpf-objects", "prebuilt/softirqs.bpf.o"],
    ["@irqtrace/decode", "LICENSE"],
    ["@irqtrace/loader", "dist/layouts-command.js"],
  ])("%s without %s", async (name, path) => {
    const spoilt = await repacked(name, (files) => expect(files.delete(path)).toBe(true));
    expect(tarballFaults(spoilt, release.version)).toEqual([`${name}: lacks ${path}`]);
  });

  test("an empty file is as good as none", async () => {
    const spoilt = await repacked("irqtrace", (files) => files.set("dist/irqtrace.js", new Uint8Array(0)));
    expect(tarballFaults(spoilt, release.version)).toEqual(["irqtrace: lacks dist/irqtrace.js"]);
  });

  test.each(["workspace:*", "workspace:^", "catalog:", "file:../decode"])("a dependency as %s", async (range) => {
    const spoilt = await repacked("@irqtrace/tracer", (files) =>
      replaceInManifest(files, /("@irqtrace\/decode": )"[^"]+"/, `$1"${range}"`),
    );
    const fault = `@irqtrace/tracer: depends on @irqtrace/decode as "${range}", which no registry knows`;
    expect(tarballFaults(spoilt, release.version)).toEqual([fault]);
  });

  test("a dependency on another version of ours", async () => {
    const spoilt = await repacked("@irqtrace/tracer", (files) =>
      replaceInManifest(files, /("@irqtrace\/decode": )"[^"]+"/, '$1"0.0.0"'),
    );
    const fault = `@irqtrace/tracer: depends on @irqtrace/decode 0.0.0 instead of ${release.version}`;
    expect(tarballFaults(spoilt, release.version)).toEqual([fault]);
  });

  test.each([
    "dist/codec.test.js",
    "dist/codec.js.map",
    "src/codec.ts",
    "dist/testing/captures.js",
    "tsconfig.build.json",
  ])("with %s", async (path) => {
    const spoilt = await repacked("@irqtrace/decode", (files) => files.set(path, new Uint8Array(10)));
    const [fault, ...others] = tarballFaults(spoilt, release.version);
    expect(fault).toStartWith(`@irqtrace/decode: ships ${path}`);
    expect(others).toEqual([]);
  });

  test("one that weighs too much", async () => {
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const spoilt = await repacked("@irqtrace/decode", (files) => files.set("dist/noise.js", noise));
    expect(tarballFaults(spoilt, release.version).join()).toMatch(/weighs \d+ bytes, and may weigh 40000/);
  });
});
