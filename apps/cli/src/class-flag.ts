import type { Flag } from "./command-grammar.ts";
import { wrongValue } from "./usage-error.ts";

/** The flag `--class` of a command that knows these classes: its value is those that are asked for, "all" being all. */
export function classFlag(names: readonly string[], describe: (allowed: string) => string): Flag {
  const allowed = `all, or a list of ${names.join(", ")}`;
  return {
    names: "--class",
    description: describe(allowed),
    value: {
      placeholder: "LIST",
      allowed,
      suggestions: [...names, "all"],
      parse(text) {
        const words = text === "all" ? names : text.split(",");
        if (!words.every((word) => names.includes(word))) throw wrongValue("--class", text, allowed);
        return words;
      },
    },
  };
}
