import type { Environment } from "./environment.ts";
import { EXIT_CODE, outcomeOf } from "./exit-code.ts";
import { parseCommandLine } from "./parse-command-line.ts";

/**
 * The program: reads the words after its name, prints or traces, and tells the exit code.
 * It touches nothing outside of the environment it is given.
 */
export async function main(words: readonly string[], environment: Environment): Promise<number> {
  try {
    const request = await parseCommandLine(words, {
      columns: environment.stdout.columns,
      possibleCpus: () => environment.possibleCpus(),
    });
    if (request.kind === "print") {
      await environment.stdout.write(request.text);
    } else {
      const { trace } = await import("./trace.ts");
      await trace(request.invocation, environment);
    }
    return EXIT_CODE.done;
  } catch (error) {
    const { code, message } = await outcomeOf(error, words, environment);
    await environment.stderr.write(message);
    return code;
  }
}

if (import.meta.main) {
  const { createProcessEnvironment } = await import("./process-environment.ts");
  process.exit(await main(process.argv.slice(2), createProcessEnvironment()));
}
