/** A project of somebody else's that has every released package installed from the registry. */
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StagedRelease } from "../../scripts/release/stage-release.ts";
import { CleanPlace } from "./clean-place.ts";
import { LocalRegistry } from "./local-registry.ts";

const CONSUMERS = join(import.meta.dir, "consumers");

export interface ReleasedEntry {
  /** As an import names it. */
  readonly specifier: string;
  /** Of its JavaScript, relative to the project. */
  readonly file: string;
}

export class CleanConsumer implements AsyncDisposable {
  readonly place: CleanPlace;
  readonly folder: string;
  readonly registry: LocalRegistry;
  readonly #release: StagedRelease;

  private constructor(release: StagedRelease, registry: LocalRegistry) {
    this.#release = release;
    this.registry = registry;
    this.place = new CleanPlace({ registryUrl: registry.url });
    const dependencies = Object.fromEntries(
      release.packages.map(({ manifest }) => [manifest.name, manifest.version] as const),
    );
    const manifest = { name: "consumer", private: true, type: "module", dependencies, devDependencies: toolVersions() };
    const programs = readdirSync(CONSUMERS).map((name) => [name, readFileSync(join(CONSUMERS, name))] as const);
    this.folder = this.place.makeFolder("consumer", {
      "package.json": JSON.stringify(manifest),
      ...Object.fromEntries(programs),
    });
  }

  static async start(release: StagedRelease): Promise<CleanConsumer> {
    const consumer = new CleanConsumer(release, await LocalRegistry.start(release));
    try {
      await consumer.run(["bun", "install", "--silent"]);
    } catch (error) {
      await consumer[Symbol.asyncDispose]();
      throw error;
    }
    return consumer;
  }

  /** Runs a command that must succeed in the project, as its owner, and gives its standard output. */
  run(command: readonly string[]): Promise<string> {
    return this.place.runWell(command, { cwd: this.folder, user: "tracer" });
  }

  /** The same as root, for programs that trace. */
  runAsRoot(command: readonly string[]): Promise<string> {
    return this.place.runWell(command, { cwd: this.folder });
  }

  /** Everything that can be imported. */
  entries(): readonly ReleasedEntry[] {
    return this.#release.packages.flatMap(({ manifest: { name, exports = {} } }) =>
      Object.entries(exports).flatMap(([path, target]) => {
        if (typeof target === "string" || target["default"] === undefined) return [];
        const specifier = join(name, path);
        return [{ specifier, file: join("node_modules", name, target["default"]) }];
      }),
    );
  }

  /** Copies a file or folder of the repository into the project. */
  copy(from: string, to: string): void {
    cpSync(from, join(this.folder, to), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.place[Symbol.dispose]();
    await this.registry[Symbol.asyncDispose]();
  }
}

/** Those that this repository is written with, and an older compiler: declarations must suit both. */
function toolVersions(): Readonly<Record<string, string>> {
  const root: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(import.meta.dir, "../../package.json"), "utf8"),
  );
  const { typescript = "", "@types/bun": types = "" } = root.devDependencies;
  return { typescript, "@types/bun": types, "typescript-5": "npm:typescript@5.9.3" };
}
