import { COMMANDS } from "../commands.ts";
import type { Shell } from "../shells.ts";
import type { ScriptSource } from "./suggestions.ts";

/** The script that teaches a shell to complete irqtrace's command lines; made from the commands' definitions alone. */
export async function completionScript(shell: Shell): Promise<string> {
  const { VECTORS } = await import("@irqtrace/softirqs");
  const vectors = VECTORS.map(({ name, description }) => ({ text: name, description }));
  const source: ScriptSource = { commands: COMMANDS, vectors };
  switch (shell) {
    case "bash":
      return (await import("./bash-script.ts")).bashScript(source);
    case "zsh":
      return (await import("./zsh-script.ts")).zshScript(source);
    case "fish":
      return (await import("./fish-script.ts")).fishScript(source);
  }
}
