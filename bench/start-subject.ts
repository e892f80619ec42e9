import { countLinks } from "./attached-programs.ts";
import type { Subject } from "./subjects.ts";
import { withBun } from "./with-bun.ts";

/** A subject that runs. */
export interface RunningSubject {
  readonly pid: number;
  stop(): Promise<void>;
}

const PATIENCE_MS = 20_000;
const STABLE_MS = 300;

/** Starts a subject and waits until it has attached whatever it attaches. */
export async function start({ name, command }: Pick<Subject, "name" | "command">): Promise<RunningSubject> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe", env: withBun() });
  const deadline = Date.now() + PATIENCE_MS;
  for (let links = 0, since = Date.now(); links === 0 || Date.now() - since < STABLE_MS; await Bun.sleep(20)) {
    if (child.exitCode !== null) throw new Error(`${name} ended:\n${await new Response(child.stderr).text()}`);
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${name} attached nothing in ${PATIENCE_MS} ms.`);
    }
    const now = countLinks(child.pid);
    if (now !== links) [links, since] = [now, Date.now()];
  }
  return {
    pid: child.pid,
    stop: async () => {
      // A yardstick ends at once; a tool writes its last report.
      child.kill("SIGINT");
      await child.exited;
    },
  };
}
