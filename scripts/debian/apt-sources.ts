import { readdirSync, readFileSync } from "node:fs";

/** One place that apt may take Debian packages from. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Key file, fingerprints or an embedded key as written in the file; undefined: apt's own trusted keys. */
  readonly signedBy: string | undefined;
}

const DEBIAN_SUITES = /^(stable|oldstable|oldoldstable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)$/;

/**
 * The source of Debian's main archive among the machine's own, so that other suites can be asked from the same mirror.
 * Undefined where apt is not configured for Debian.
 */
export function debianMirror(sources: readonly AptSource[]): AptSource | undefined {
  const candidates = sources.filter(
    (source) => source.components.includes("main") && source.suites.some((suite) => DEBIAN_SUITES.test(suite)),
  );
  // Third parties publish "bookworm main" as well: the archive itself is known by its key or its path.
  return candidates.find(looksLikeDebianArchive) ?? candidates[0];
}

function looksLikeDebianArchive(source: AptSource): boolean {
  return /\/debian(\.list)?\/?$/.test(source.uri) || (source.signedBy?.includes("debian-archive") ?? false);
}

/** Reads every source that apt on this machine reads. */
export function readAptSources(directory = "/etc/apt"): readonly AptSource[] {
  const files = [`${directory}/sources.list`];
  for (const name of listOrNothing(`${directory}/sources.list.d`)) files.push(`${directory}/sources.list.d/${name}`);
  return files.flatMap((file) => {
    if (file.endsWith(".sources")) return parseDeb822Sources(readFileSync(file, "utf8"));
    if (file.endsWith(".list")) return parseOneLineSources(textOrNothing(file));
    return [];
  });
}

/** The format of sources.list: `deb [signed-by=/key arch=amd64] uri suite component...`. */
export function parseOneLineSources(text: string): readonly AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, options = "", uri, suite, components = ""] = match ?? [];
    if (uri === undefined || suite === undefined || uri.startsWith("cdrom:")) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [{ uri, suites: [suite], components: words(components), signedBy }];
  });
}

/** The deb822 format of *.sources: paragraphs of `Field: value`, in which a value may go on in indented lines. */
export function parseDeb822Sources(text: string): readonly AptSource[] {
  const withoutComments = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = deb822Fields(paragraph);
    if (!words(fields.get("types") ?? "").includes("deb") || fields.get("enabled")?.trim() === "no") return [];
    return words(fields.get("uris") ?? "").map((uri) => ({
      uri,
      suites: words(fields.get("suites") ?? ""),
      components: words(fields.get("components") ?? ""),
      signedBy: fields.get("signed-by"),
    }));
  });
}

function deb822Fields(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let current: string | undefined;
  for (const line of paragraph.split("\n")) {
    const start = /^([A-Za-z][\w-]*):[ \t]*(.*)$/.exec(line);
    if (start?.[1] !== undefined) {
      current = start[1].toLowerCase();
      fields.set(current, start[2] ?? "");
    } else if (current !== undefined && /^[ \t]/.test(line)) {
      fields.set(current, `${fields.get(current)}\n${line}`);
    }
  }
  return fields;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function listOrNothing(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    return whenMissing(error, []);
  }
}

function textOrNothing(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return whenMissing(error, "");
  }
}

function whenMissing<T>(error: unknown, value: T): T {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return value;
  throw error;
}
