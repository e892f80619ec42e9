import { describe, expect, test } from "bun:test";
import packageJson from "../../package.json" with { type: "json" };
import { type CommandGrammar, OWN_FLAGS, syntaxOf } from "../command-grammar.ts";
import { COMMANDS } from "../commands.ts";
import { manualPage } from "./manual-page.ts";

const SECTIONS = [
  "NAME",
  "SYNOPSIS",
  "DESCRIPTION",
  "COMMANDS",
  "OPTIONS",
  "OUTPUT",
  "EXIT STATUS",
  "EXAMPLES",
  "NOTES",
];

const lack = Bun.which("man") === null ? " (needs man-db)" : "";

interface Formatted {
  readonly code: number;
  readonly complaints: string;
  readonly text: string;
}

function man(page: string, ...options: readonly string[]): Formatted {
  const child = Bun.spawnSync(["man", "--warnings", "-E", "UTF-8", "-l", ...options, "-"], {
    stdin: new TextEncoder().encode(page),
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "", MANWIDTH: "1000", LC_ALL: "C.UTF-8", MAN_KEEP_FORMATTING: "" },
  });
  return { code: child.exitCode, complaints: child.stderr.toString(), text: child.stdout.toString() };
}

/** What a reader sees, without bold and underlined, with one blank between words and with plain quotes and hyphens. */
function read(page: string): string {
  const { code, complaints, text } = man(page, "--no-justification", "--no-hyphenation", "-Tutf8", "-P", "cat");
  expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bold and underlined text holds escapes or backspaces
  const plain = text.replace(/\u001b\[[\d;]*m|.\u0008/gu, "");
  return plain.replace(/\s+/g, " ").replaceAll("’", "'").replace(/[‐−]/g, "-");
}

describe("the manual page", () => {
  test.skipIf(lack !== "")(`is formatted without a warning${lack}`, () => {
    const { code, complaints } = man(manualPage(packageJson.version), "-Tutf8", "-Z");
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
  });

  test.skipIf(lack !== "")(`would be warned of with a fault in it${lack}`, () => {
    const page = manualPage(packageJson.version);
    for (const planted of [".NOSUCH macro\n", "\\[nosuchglyph]\n"]) {
      expect([planted, man(page + planted, "-Tutf8", "-Z").complaints]).not.toEqual([planted, ""]);
    }
  });

  test("has its sections in their order, and the version", () => {
    const page = manualPage("12.34.56");
    expect(Array.from(page.matchAll(/^\.SH (.*)$/gm), ([, title]) => title as string)).toEqual(SECTIONS);
    expect(page).toContain('"irqtrace 12.34.56"');
    expect(manualPage("12.34.56")).toBe(page);
  });

  test.skipIf(lack !== "")(`tells every command, option, ending and example that --help tells${lack}`, () => {
    const text = read(manualPage(packageJson.version));
    for (const { name, description, parameters, flags, endings, examples } of COMMANDS) {
      expect(text).toContain(`irqtrace ${name} `);
      const told = [
        description,
        ...parameters.map((parameter) => `${parameter.name} ${parameter.description}`),
        ...[...flags, ...OWN_FLAGS].map((flag) => syntaxOf(flag).replace(/[<>]/g, "")),
        ...[...flags, ...OWN_FLAGS].map((flag) => flag.description),
        ...endings.map(([code, meaning]) => `${code} ${meaning}`),
        ...examples.map((example) => example.join(" ")),
      ];
      for (const part of told) expect(text).toContain(part);
    }
  });

  test.skipIf(lack !== "")(`shows signs of roff in a definition as they are${lack}`, () => {
    const odd = ".br 'quoted' \\fBbold\\fP \\(aq \"x\" a-b --odd-option ^~` %";
    const command: CommandGrammar = {
      name: "odd",
      summary: "odd",
      description: `'${odd}`,
      parameters: [{ name: ".parameter", description: odd.replaceAll("`", ""), isRequired: false }],
      flags: [{ names: "--odd", description: odd.replaceAll("`", "") }],
      examples: [[odd, "as it is typed"]],
      endings: [[0, ".done"]],
    };
    const text = read(manualPage("0", [command]));
    const shown = odd.replaceAll("`", "");
    expect(text).toContain(`--odd ${shown}`);
    expect(text).toContain(`.parameter ${shown}`);
    expect(text).toContain(`${odd} as it is typed`);
    expect(text).toContain("0 .done");
  });

  test.skipIf(Bun.which("lexgrog") === null)(
    `is found by its name and purpose${Bun.which("lexgrog") === null ? " (needs man-db)" : ""}`,
    () => {
      const child = Bun.spawnSync(["lexgrog", "/dev/stdin"], {
        stdin: new TextEncoder().encode(manualPage(packageJson.version)),
      });
      expect(child.stdout.toString()).toContain('"irqtrace - trace Linux hard interrupts and softirqs with eBPF: ');
    },
  );
});
