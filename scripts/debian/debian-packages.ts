import { mkdirSync, writeFileSync } from "node:fs";
import { type AptSource, debianMirror, readAptSources } from "./apt-sources.ts";
import { lastLines, runCommand } from "./run-command.ts";

/** A kind of processor by Debian's name. */
export type DebianArchitecture = "amd64" | "arm64";

/** One suite of Debian, asked through an apt whose every file lies in one private directory. */
export interface DebianSuite {
  /** The names in the first alternative of each of the package's dependencies. */
  dependencies(packageName: string): Promise<readonly string[]>;
  version(packageName: string): Promise<string>;
  /** Downloads the packages, which apt verifies against the signed index, and unpacks them into one tree. */
  unpack(packageNames: readonly string[], tree: string): Promise<void>;
}

/**
 * Opens a suite from the mirror that the machine's own apt uses, or from $IRQTRACE_DEBIAN_MIRROR. Nothing of the machine's apt state is
 * read or changed, and no privileges are needed.
 */
export async function openSuite(
  suite: string,
  architecture: DebianArchitecture,
  directory: string,
): Promise<DebianSuite> {
  const configuration = writeAptConfiguration(suite, architecture, directory);
  await refuseStaleIndex(() => runCommand(["apt-get", "-c", configuration, "-q", "update"]), suite);

  async function fields(packageName: string): Promise<Map<string, string>> {
    const text = await runCommand(["apt-cache", "-c", configuration, "--no-all-versions", "show", packageName]);
    const lines = text.split("\n").flatMap((line) => /^([\w-]+): (.*)$/.exec(line)?.slice(1, 3) ?? []);
    const pairs = new Map<string, string>();
    for (let index = 0; index + 1 < lines.length; index += 2) pairs.set(lines[index] ?? "", lines[index + 1] ?? "");
    return pairs;
  }

  return {
    async dependencies(packageName) {
      const depends = (await fields(packageName)).get("Depends") ?? "";
      return depends.split(",").flatMap((dependency) => /^\s*([^\s(|:]+)/.exec(dependency)?.[1] ?? []);
    },
    async version(packageName) {
      const version = (await fields(packageName)).get("Version");
      if (version === undefined) throw new Error(`Debian's ${suite} has no version of ${packageName}.`);
      return version;
    },
    async unpack(packageNames, tree) {
      const downloads = `${directory}/downloads`;
      mkdirSync(downloads, { recursive: true });
      await runCommand(["apt-get", "-c", configuration, "-q", "download", ...packageNames], { cwd: downloads });
      mkdirSync(tree, { recursive: true });
      for await (const file of new Bun.Glob("*.deb").scan(downloads))
        await runCommand(["dpkg-deb", "-x", `${downloads}/${file}`, tree]);
    },
  };
}

/** apt-get update ends with 0 when an index could not be had, which here must be an error: there is no older index to go on with. */
async function refuseStaleIndex(update: () => Promise<string>, suite: string): Promise<void> {
  const output = await update();
  if (/^(Err|W|E):/m.test(output))
    throw new Error(`The mirror does not give Debian's ${suite}: ${lastLines(output, 4)}`);
}

function writeAptConfiguration(suite: string, architecture: DebianArchitecture, directory: string): string {
  for (const name of ["sources", "lists/partial", "cache/archives/partial"])
    mkdirSync(`${directory}/${name}`, { recursive: true });
  writeFileSync(`${directory}/status`, "");
  writeFileSync(`${directory}/sources/debian.sources`, sourceParagraph(mirrorOfThisMachine(), suite, architecture));
  const configuration = `${directory}/apt.conf`;
  const settings = [
    `Dir::Etc::SourceList "/dev/null";`,
    `Dir::Etc::SourceParts "${directory}/sources";`,
    `Dir::State::Lists "${directory}/lists";`,
    `Dir::State::status "${directory}/status";`,
    `Dir::Cache "${directory}/cache";`,
    `APT::Architecture "${architecture}";`,
    `#clear APT::Architectures;`,
    `APT::Architectures { "${architecture}"; };`,
    // The machine's hooks are about the machine's own packages.
    `#clear APT::Update::Pre-Invoke;`,
    `#clear APT::Update::Post-Invoke;`,
    `#clear APT::Update::Post-Invoke-Success;`,
    // The private directory is open to its owner alone.
    `APT::Sandbox::User "root";`,
    `APT::Update::Error-Mode "any";`,
    `Acquire::Retries "2";`,
    `Acquire::http::Timeout "20";`,
    `Acquire::https::Timeout "20";`,
  ];
  writeFileSync(configuration, `${settings.join("\n")}\n`);
  return configuration;
}

function mirrorOfThisMachine(): Pick<AptSource, "uri" | "signedBy"> {
  const chosen = process.env["IRQTRACE_DEBIAN_MIRROR"];
  if (chosen !== undefined && chosen !== "") return { uri: chosen, signedBy: undefined };
  const mirror = debianMirror(readAptSources());
  if (mirror === undefined) {
    throw new Error("This machine's apt has no source of Debian's archive. Name a mirror in IRQTRACE_DEBIAN_MIRROR.");
  }
  return mirror;
}

function sourceParagraph(
  mirror: Pick<AptSource, "uri" | "signedBy">,
  suite: string,
  architecture: DebianArchitecture,
): string {
  const fields = [
    "Types: deb",
    `URIs: ${mirror.uri}`,
    `Suites: ${suite}`,
    "Components: main",
    `Architectures: ${architecture}`,
    "Targets: Packages",
    "Languages: none",
    "PDiffs: no",
    // Suites that moved to an archive are never signed anew.
    "Check-Valid-Until: no",
  ];
  if (mirror.signedBy !== undefined)
    fields.push(`Signed-By:${mirror.signedBy.startsWith("\n") ? "" : " "}${mirror.signedBy}`);
  return `${fields.join("\n")}\n`;
}
