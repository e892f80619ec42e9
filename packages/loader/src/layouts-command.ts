#!/usr/bin/env node
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { emitLayouts } from "./emit-layouts.ts";
import { BpfError } from "./errors.ts";
import { readSchema } from "./read-schema.ts";

const USAGE = `Usage: irqtrace-loader layouts <tool.bpf.o> [--u64 number|bigint] [--name <name>]

Writes a TypeScript module that describes the object's programs, maps and variables to standard output.

  --u64 bigint   64-bit integers become bigint, which holds all of them (default)
  --u64 number   64-bit integers become number; a value beyond 2^53 - 1 throws when it is read
  --name <name>  name of the schema and its constant; the file's by default
  --help         this text
`;
const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

class UsageError extends Error {}

interface LayoutsArguments {
  readonly path: string;
  readonly name: string;
  readonly u64: "number" | "bigint";
}

function readArguments(given: readonly string[]): LayoutsArguments | null {
  const { values, positionals } = parseGiven(given);
  if (values.help === true) return null;
  const [command, path, ...rest] = positionals;
  if (command !== "layouts") throw new UsageError(`"${command ?? ""}" is not a command. Write "layouts".`);
  if (path === undefined || rest.length > 0) throw new UsageError("Give one object.");
  const u64 = values.u64 ?? "bigint";
  if (u64 !== "number" && u64 !== "bigint") throw new UsageError(`--u64 cannot be "${u64}". Write number or bigint.`);
  return { path, name: values.name ?? basename(path).replace(/(\.bpf)?\.o$/, ""), u64 };
}

function parseGiven(given: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(given);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parse(given: readonly string[]): {
  values: { u64?: string | undefined; name?: string | undefined; help?: boolean | undefined };
  positionals: string[];
} {
  const options = { u64: { type: "string" }, name: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
  return parseArgs({ args: [...given], options, allowPositionals: true });
}

function main(given: readonly string[]): number {
  try {
    const wanted = readArguments(given);
    if (wanted === null) {
      process.stdout.write(USAGE);
      return 0;
    }
    const bytes = readFileSync(wanted.path);
    const schema = readSchema(bytes, { name: wanted.name, u64: wanted.u64 });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    process.stdout.write(emitLayouts(schema, { source: basename(wanted.path), sha256 }));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${USAGE}`);
      return EXIT_USAGE;
    }
    if (error instanceof BpfError || (error instanceof Error && "code" in error)) {
      process.stderr.write(`${error.message}\n`);
      return EXIT_FAILURE;
    }
    throw error;
  }
}

process.exitCode = main(process.argv.slice(2));
