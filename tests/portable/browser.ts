import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PortableRun } from "./portable-run.ts";

/** A Chromium that runs without a display; null where none is installed. */
export const BROWSER: string | null = Bun.which("chromium-headless-shell") ?? Bun.which("chromium");

const LIMIT_MS = 40_000;

/** Serves the repository to a browser on the loopback interface, and gives what the program returns there. */
export async function runInBrowser(run: PortableRun): Promise<string> {
  if (BROWSER === null) throw new Error("No Chromium is installed.");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const routes: Record<string, (request: Request) => Response | Promise<Response>> = {
    "/": () => new Response(page(run), { headers: { "content-type": "text/html" } }),
    "/program.js": () => new Response(run.program, { headers: { "content-type": "text/javascript" } }),
    "/captures": () => Response.json(run.captures),
    "/result": async (request) => answered(resolve, await request.text()),
    "/error": async (request) =>
      answered((text) => reject(new Error(`The browser fails: ${text}`)), await request.text()),
  };
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      return routes[pathname]?.(request) ?? new Response(Bun.file(join(run.repository, pathname)));
    },
  });
  const profile = mkdtempSync(join(tmpdir(), "irqtrace-browser-"));
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    `--user-data-dir=${profile}`,
  ];
  const browser = Bun.spawn([BROWSER, ...flags, "--remote-debugging-port=0", server.url.href], {
    stdout: "ignore",
    stderr: "pipe",
    detached: true,
  });
  const timer = setTimeout(() => reject(new Error(`The browser gave no answer in ${LIMIT_MS / 1000} s.`)), LIMIT_MS);
  try {
    const ended = browser.exited.then(async (code) => {
      throw new Error(`The browser ended with ${code}: ${await browser.stderr.text()}`);
    });
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    // The group, since its helpers go on writing into the profile.
    process.kill(-browser.pid, "SIGKILL");
    await browser.exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function answered(settle: (text: string) => void, text: string): Response {
  settle(text);
  return new Response();
}

function page({ entries }: PortableRun): string {
  const served = Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, `/${path}`]));
  return `<!doctype html>
<script type="importmap">${JSON.stringify({ imports: served })}</script>
<script type="module">
const post = (path, body) => fetch(path, { method: "POST", body });
try {
  const { portableProgram } = await import("/program.js");
  const captures = await (await fetch("/captures")).json();
  await post("/result", await portableProgram((entry) => import(entry), ${JSON.stringify(Object.keys(entries))}, captures));
} catch (error) {
  await post("/error", String(error.stack ?? error));
}
</script>`;
}
