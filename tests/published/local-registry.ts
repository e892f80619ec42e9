/** A package registry on the loopback interface that holds a staged release, and passes on what others publish. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { giveToInvokingUser } from "../../scripts/release/give-to-invoking-user.ts";
import { runStep } from "../../scripts/release/run-step.ts";
import type { StagedRelease } from "../../scripts/release/stage-release.ts";

const repository = dirname(dirname(import.meta.dir));
const definition = join(import.meta.dir, "registry");
const START_LIMIT_MS = 30_000;
/** npm publishes nothing without one; the registry looks at none. */
const TOKEN = "anyone";

/** One request that the registry answered. */
export interface Answer {
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
}

export class LocalRegistry implements AsyncDisposable {
  readonly url: string;
  readonly #server: Bun.Subprocess;
  readonly #folder: string;

  private constructor(url: string, server: Bun.Subprocess, folder: string) {
    this.url = url;
    this.#server = server;
    this.#folder = folder;
  }

  /** Starts it, and publishes the release into it. Throws if what it needs cannot be installed. */
  static async start(release: StagedRelease): Promise<LocalRegistry> {
    const program = await installProgram();
    const folder = mkdtempSync(join(release.folder, "registry-"));
    const port = await freePort();
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify(await configuration(port, folder)));
    const published = join(release.folder, "published");
    const isPublished = existsSync(published);
    if (isPublished) cpSync(published, join(folder, "storage"), { recursive: true });
    const authorities = await npmSetting("cafile");
    const server = Bun.spawn(["node", "--no-warnings", program, "--config", config], {
      cwd: folder,
      env: { ...process.env, ...(authorities === null ? {} : { NODE_EXTRA_CA_CERTS: authorities }) },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    const registry = new LocalRegistry(`http://127.0.0.1:${port}/`, server, folder);
    try {
      await registry.#answers();
      if (!isPublished) await registry.#publish(release, published);
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  /** What it has answered so far. */
  answers(): readonly Answer[] {
    return readFileSync(join(this.#folder, "requests.log"), "utf8")
      .split("\n")
      .filter((line) => line.includes('"bytes"'))
      .map((line): { request: { url: string }; status: number; bytes: { out: number } } => JSON.parse(line))
      .map(({ request, status, bytes }) => ({ path: request.url, status, bytes: bytes.out }));
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      if (this.#server.exitCode !== null) break;
      const answered = await fetch(`${this.url}-/ping`).then(
        (response) => response.ok,
        () => false, // Not listening yet.
      );
      if (answered) return;
      await Bun.sleep(50);
    }
    throw new Error(`The local registry does not answer on ${this.url} (exit code ${this.#server.exitCode}).`);
  }

  /** Publishes the tarballs, and keeps what the registry made of them for the next one that starts. */
  async #publish(release: StagedRelease, published: string): Promise<void> {
    const npmrc = join(this.#folder, "npmrc");
    writeFileSync(npmrc, `registry=${this.url}\n//${new URL(this.url).host}/:_authToken=${TOKEN}\n`);
    // In the order of the release, except that nobody watches this registry: all at once.
    await Promise.all(
      release.packages.map(({ tarball }) =>
        runStep(["npm", "publish", tarball, "--userconfig", npmrc, "--access=public", "--ignore-scripts"], {
          cwd: this.#folder,
        }),
      ),
    );
    const copy = join(this.#folder, "published");
    cpSync(join(this.#folder, "storage"), copy, { recursive: true });
    if (!existsSync(published)) renameSync(copy, published);
    giveToInvokingUser(published);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill("SIGKILL");
    await this.#server.exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Installs the registry's program below `.cache`, once for each lock file. */
async function installProgram(): Promise<string> {
  const lock = readFileSync(join(definition, "package-lock.json"));
  const parent = join(repository, ".cache/registry");
  const folder = join(parent, Bun.hash(lock).toString(16));
  const program = "node_modules/verdaccio/bin/verdaccio";
  if (!existsSync(join(folder, program))) {
    mkdirSync(parent, { recursive: true });
    const work = mkdtempSync(join(parent, "install-"));
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(definition, name), join(work, name));
    try {
      await runStep(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: work });
      if (!existsSync(folder)) renameSync(work, folder);
      giveToInvokingUser(parent);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return join(folder, program);
}

/** Ours are published here and come from nowhere else; everything else comes from the registry that npm is set to. */
async function configuration(port: number, folder: string): Promise<object> {
  const own = { access: "$all", publish: "$all", unpublish: "$all" };
  const outside = await npmSetting("registry");
  return {
    storage: join(folder, "storage"),
    listen: `127.0.0.1:${port}`,
    max_body_size: "100mb",
    web: { enable: false },
    auth: { htpasswd: { file: join(folder, "htpasswd"), max_users: -1 } },
    uplinks: { outside: { url: outside, maxage: "60m" } },
    packages: { irqtrace: own, "@irqtrace/*": own, "**": { access: "$all", proxy: "outside" } },
    log: { type: "file", path: join(folder, "requests.log"), level: "http", format: "json" },
  };
}

async function npmSetting(name: string): Promise<string | null> {
  const value = (await runStep(["npm", "config", "get", name], { cwd: "/" })).trim();
  return value === "" || value === "null" || value === "undefined" ? null : value;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The loopback interface gives no port.");
  return address.port;
}
