import { expect, test } from "bun:test";
import { appendFileSync, chownSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ModelCheckout } from "./model-checkout.ts";

const NPM_CALL = "npm ci --ignore-scripts --no-audit --no-fund --no-progress --no-update-notifier --loglevel=error";
const BUN_CALL = "bun install --frozen-lockfile --ignore-scripts --no-progress --cafile=/some/ca.pem";
const ME = process.getuid?.() ?? 0;
const BOTH = [`${NPM_CALL} as ${ME} in ROOT/toolchain`, `${BUN_CALL} as ${ME} in ROOT`];
const isRoot = ME === 0;
/** An account that every Debian machine has, with a home that does not exist. */
const NOBODY = { uid: 65534, gid: 65534 };
/** What the scripts call, but for the programs that change the user. */
const TOOLS = [
  "cat",
  "cmp",
  "cp",
  "cut",
  "env",
  "flock",
  "getent",
  "grep",
  "id",
  "ln",
  "mkdir",
  "mv",
  "npm",
  "readlink",
  "rm",
  "sed",
  "sh",
  "stat",
];

test("the first start installs, the second finds all in place and says nothing", () => {
  using checkout = new ModelCheckout();
  const first = checkout.start([join(checkout.root, "irqtrace"), "hardirqs", "1 s"]);
  expect(first.exitCode).toBe(0);
  expect(JSON.parse(first.stdout)).toEqual({ words: ["hardirqs", "1 s"], cwd: "/", user: ME });
  expect(first.stderr).toContain("installing Bun");
  expect(checkout.calls()).toEqual(BOTH);

  const second = checkout.start([join(checkout.root, "irqtrace")]);
  expect(second).toMatchObject({ exitCode: 0, stderr: "" });
  expect(checkout.calls()).toEqual([]);
});

test("it starts through a symbolic link and through sh", () => {
  using checkout = new ModelCheckout();
  const link = join(checkout.programs, "link");
  symlinkSync(join(checkout.root, "irqtrace"), link);
  expect(JSON.parse(checkout.start([link, "a"]).stdout)).toMatchObject({ words: ["a"] });
  expect(JSON.parse(checkout.start(["sh", join(checkout.root, "irqtrace"), "b"]).stdout)).toMatchObject({
    words: ["b"],
  });
});

test("once set up it starts without any environment, PATH included", () => {
  using checkout = new ModelCheckout();
  checkout.start([join(checkout.root, "irqtrace")]);
  const start = Bun.spawnSync([join(checkout.root, "irqtrace"), "c"], { env: {}, stdout: "pipe", stderr: "pipe" });
  expect(start.stderr.toString()).toBe("");
  expect(JSON.parse(start.stdout.toString())).toMatchObject({ words: ["c"] });
});

test("a changed lock file is installed from again, and only that one", () => {
  using checkout = new ModelCheckout();
  checkout.start([join(checkout.root, "irqtrace")]);
  checkout.calls();

  appendFileSync(join(checkout.root, "bun.lock"), "\n");
  checkout.start([join(checkout.root, "irqtrace")]);
  expect(checkout.calls()).toEqual(BOTH.slice(1));

  appendFileSync(join(checkout.root, "toolchain/package-lock.json"), "\n");
  checkout.start([join(checkout.root, "irqtrace")]);
  expect(checkout.calls()).toEqual(BOTH.slice(0, 1));

  rmSync(join(checkout.root, "node_modules"), { recursive: true });
  checkout.start([join(checkout.root, "irqtrace")]);
  expect(checkout.calls()).toEqual(BOTH.slice(1));
});

test("of two starts at once one installs and the other waits for it", async () => {
  using checkout = new ModelCheckout();
  checkout.npm("sleep 0.5");
  const starts = [1, 2].map(() =>
    Bun.spawn([join(checkout.root, "irqtrace")], { env: checkout.environment({}), stdout: "pipe", stderr: "pipe" }),
  );
  const errors = await Promise.all(starts.map((start) => start.stderr.text()));
  expect(await Promise.all(starts.map((start) => start.exited))).toEqual([0, 0]);
  expect(errors.filter((text) => text.includes("waiting for another set-up"))).toHaveLength(1);
  expect(checkout.calls()).toEqual(BOTH);
});

test("a set-up whose owner was killed is done again", async () => {
  using checkout = new ModelCheckout();
  checkout.npm("sleep 60");
  const killed = Bun.spawn(["setsid", join(checkout.root, "irqtrace")], {
    env: checkout.environment({}),
    stdout: "ignore",
    stderr: "ignore",
  });
  while (checkout.calls().length === 0) await Bun.sleep(5);
  process.kill(-killed.pid, "SIGKILL");
  await killed.exited;

  checkout.npm("");
  expect(checkout.start([join(checkout.root, "irqtrace")]).exitCode).toBe(0);
  expect(checkout.calls()).toEqual(BOTH);
});

test("a set-up that fails says so, leaves stdout empty and is tried again", () => {
  using checkout = new ModelCheckout();
  checkout.npm("echo 'no network' >&2; exit 7");
  const failed = checkout.start([join(checkout.root, "irqtrace")]);
  expect(failed).toMatchObject({ exitCode: 1, stdout: "" });
  expect(failed.stderr).toContain("no network\nirqtrace: Cannot install Bun: npm failed");

  checkout.npm("");
  expect(checkout.start([join(checkout.root, "irqtrace")]).exitCode).toBe(0);
});

test("a workspace that cannot be installed says why", () => {
  using checkout = new ModelCheckout();
  checkout.npm("", "echo 'lockfile is frozen'; exit 1");
  const failed = checkout.start([join(checkout.root, "irqtrace")]);
  expect(failed).toMatchObject({ exitCode: 1, stdout: "" });
  expect(failed.stderr).toContain("Cannot install the dependencies. Bun says: lockfile is frozen");
});

test("without npm it says what to install", () => {
  using checkout = new ModelCheckout();
  const start = checkout.start([join(checkout.root, "irqtrace")], {
    PATH: checkout.pathWith(TOOLS.filter((name) => name !== "npm")),
  });
  expect(start).toMatchObject({ exitCode: 4, stdout: "" });
  expect(start.stderr).toContain("npm is not on the PATH");
});

test("once set up it needs neither npm nor node", () => {
  using checkout = new ModelCheckout();
  checkout.start([join(checkout.root, "irqtrace")]);
  const start = checkout.start([join(checkout.root, "irqtrace")], {
    PATH: checkout.pathWith(["cmp", "env", "readlink", "sed", "sh"]),
  });
  expect(start).toMatchObject({ exitCode: 0, stderr: "" });
});

for (const changer of ["setpriv", "runuser", "su"]) {
  test.skipIf(!isRoot)(`under sudo ${changer} installs as the user who called it, and root traces (needs root)`, () => {
    using checkout = new ModelCheckout();
    for (const path of ["", "toolchain"]) chownSync(join(checkout.root, path), NOBODY.uid, NOBODY.gid);
    const sudo = { SUDO_UID: String(NOBODY.uid), SUDO_GID: String(NOBODY.gid), HOME: "/root" };
    const path = checkout.pathWith([...TOOLS, changer]);
    const start = checkout.start([join(checkout.root, "irqtrace")], { ...sudo, PATH: path });
    expect(start.stderr).not.toContain("annot");
    expect(JSON.parse(start.stdout)).toMatchObject({ user: 0 });
    expect(checkout.calls()).toEqual(BOTH.map((call) => call.replace("as 0", `as ${NOBODY.uid}`)));
    expect(statSync(join(checkout.root, "node_modules/.installed-lock"))).toMatchObject(NOBODY);
  });
}

test.skipIf(!isRoot)("under sudo a user without an account can own the checkout (needs root)", () => {
  using checkout = new ModelCheckout();
  for (const path of ["", "toolchain"]) chownSync(join(checkout.root, path), 54321, 54321);
  expect(checkout.start([join(checkout.root, "irqtrace")], { SUDO_UID: "54321", SUDO_GID: "54321" }).exitCode).toBe(0);
  expect(checkout.calls()).toEqual(BOTH.map((call) => call.replace("as 0", "as 54321")));
});

test.skipIf(!isRoot)(
  "under sudo a checkout that the user may not write to is left alone, and it says why (needs root)",
  () => {
    using checkout = new ModelCheckout();
    const start = checkout.start([join(checkout.root, "irqtrace")], { SUDO_UID: String(NOBODY.uid) });
    expect(start).toMatchObject({ exitCode: 1, stdout: "" });
    expect(start.stderr).toContain(`user nobody may not write to ${checkout.root}`);
    expect(checkout.calls()).toEqual([]);
  },
);

test.skipIf(!isRoot)("a SUDO_UID that is no number is refused (needs root)", () => {
  using checkout = new ModelCheckout();
  const start = checkout.start([join(checkout.root, "irqtrace")], { SUDO_UID: "$(id)" });
  expect(start).toMatchObject({ exitCode: 1, stdout: "" });
  expect(start.stderr).toContain("not a user number");
});
