/**
 * Under sudo what is written into the checkout belongs to the user who called it, who would have to clear it away. Tests of
 * the installed packages have to run as root, and so do their preparations.
 */
export function giveToInvokingUser(...paths: readonly string[]): void {
  const { SUDO_UID: user, SUDO_GID: group } = process.env;
  if (process.geteuid?.() !== 0 || user === undefined || user === "0") return;
  const chown = ["chown", "--recursive", "--no-dereference", `${user}:${group ?? ""}`, ...paths];
  const child = Bun.spawnSync(chown, { stderr: "pipe" });
  if (!child.success) throw new Error(`Cannot give ${paths.join(", ")} to user ${user}: ${child.stderr.toString()}`);
}
