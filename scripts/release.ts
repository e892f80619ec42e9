/**
 * Releases all packages under one version. What would be published is what was tested: the tarballs are packed once, from
 * a copy of the sources, and the tests, the executables and npm all take them from there.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { publishCommand, publishRelease } from "./release/publish-release.ts";
import { runStep } from "./release/run-step.ts";
import { applyChangesets, type StagedRelease, stageRelease } from "./release/stage-release.ts";
import { tarballFaults } from "./release/tarball-rules.ts";

const USAGE = `usage: bun scripts/release.ts [--skip-tests] [--version | --publish]
Without an option: a dry run. Stages the release, checks and tests its tarballs, and says what would be published.
  --version     writes the next version and the changelogs into this checkout, to be reviewed and committed
  --publish     publishes with npm and tags the commit; from a clean checkout without pending changesets
  --skip-tests  a dry run without the tests of the installed packages`;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const TEST_LIMIT_MS = 30 * 60_000;

const repository = dirname(import.meta.dir);

/** Why this checkout cannot be published as it is; null where it can. */
async function whyNotPublishable(): Promise<string | null> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: identity } = process.env;
  if (identity === undefined)
    return "npm's provenance and trusted publishing need a workflow that may ask for an identity token";
  if (globSync(".changeset/*.md", { cwd: repository }).length > 0)
    return "changesets are pending: run --version, and commit what it writes";
  const status = await runStep(["git", "status", "--porcelain"], { cwd: repository });
  return status === "" ? null : "the checkout has changes that are not committed";
}

async function writeVersion(): Promise<void> {
  await applyChangesets(repository);
  // The lock file holds the versions of the workspace's own packages too.
  await runStep([process.execPath, "install", "--ignore-scripts", "--silent"], { cwd: repository });
  const manifest: { version: string } = JSON.parse(readFileSync(join(repository, "apps/cli/package.json"), "utf8"));
  console.log(`This checkout is version ${manifest.version}. Review the changelogs, and commit.`);
}

function checkTarballs({ packages, version }: StagedRelease): void {
  for (const { manifest, bytes, files } of packages)
    console.log(`packed      ${manifest.name} ${manifest.version}: ${bytes} bytes, ${files.size} files`);
  const faults = packages.flatMap((packed) => tarballFaults(packed, version));
  if (faults.length > 0) throw new Error(`These tarballs must not be published:\n${faults.join("\n")}`);
}

async function testInstalled(): Promise<void> {
  console.log("testing     the installed packages (./test --published)");
  const output = await runStep([join(repository, "test"), "--published"], {
    cwd: repository,
    env: { IRQTRACE_REQUIRE_ALL: "1" },
    limitMs: TEST_LIMIT_MS,
  });
  console.log(`tested      ${output.trimEnd().split("\n").at(-1)}`);
}

function describePublishing({ packages, version }: StagedRelease): void {
  for (const packed of packages) console.log(`would run   ${publishCommand(packed).join(" ")}`);
  console.log(`would tag   v${version}`);
}

type Options = Readonly<Record<"version" | "publish" | "skip-tests", boolean>>;

function parseOptions(words: readonly string[]): Options | null {
  const flag = { type: "boolean", default: false } as const;
  try {
    const options = { version: flag, publish: flag, "skip-tests": flag };
    const { values } = parseArgs({ args: [...words], options });
    // Nothing is published that was not tested.
    return [values.version, values.publish, values["skip-tests"]].filter(Boolean).length > 1 ? null : values;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function release(options: Options): Promise<void> {
  if (options.version) {
    await writeVersion();
    return;
  }
  const obstacle = options.publish ? await whyNotPublishable() : null;
  if (obstacle !== null) throw new Error(`Cannot publish: ${obstacle}.`);
  const staged = await stageRelease(repository);
  checkTarballs(staged);
  if (!options["skip-tests"]) await testInstalled();
  if (options.publish) await publishRelease(staged, repository, console.log);
  else describePublishing(staged);
  console.log("to attach   what bun scripts/build-distribution.ts FOLDER builds");
}

const options = parseOptions(process.argv.slice(2));
if (options === null) {
  console.error(USAGE);
  process.exitCode = EXIT_USAGE;
} else {
  try {
    await release(options);
  } catch (error) {
    // What a step wrote is in the message; where this program threw it helps nobody.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT_FAILED;
  }
}
