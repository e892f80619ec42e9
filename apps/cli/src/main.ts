import type { Environment } from "./environment.ts";
import { EXIT_CODE, outcomeOf } from "./exit-code.ts";
import { compileLate } from "./jit-policy.ts";
import { parseCommandLine, type Request } from "./parse-command-line.ts";

const LAST_WORDS_MS = 500;

/**
 * The program: reads the words after its name, prints or traces, and tells the exit code.
 * It touches nothing outside of the environment it is given.
 */
export async function main(words: readonly string[], environment: Environment): Promise<number> {
  try {
    const request = await parseCommandLine(words, {
      columns: () => environment.stdout.columns,
      possibleCpus: () => environment.possibleCpus(),
    });
    return await carryOut(request, environment);
  } catch (error) {
    const { code, message } = await outcomeOf(error, words, environment);
    // Whoever ends the process waits for it, but not for ever.
    void environment.stderr.write(message);
    return code;
  }
}

/** Loads what the request takes and no more: start-up counts. */
async function carryOut(request: Request, environment: Environment): Promise<number> {
  switch (request.kind) {
    case "print":
      await environment.stdout.write(request.text);
      return EXIT_CODE.done;
    case "version": {
      const { libbpfLine } = await import("./libbpf-line.ts");
      await environment.stdout.write(`${request.text}${await libbpfLine(environment)}\n`);
      return EXIT_CODE.done;
    }
    case "trace": {
      const { trace } = await import("./trace.ts");
      await trace(request.invocation, environment);
      return EXIT_CODE.done;
    }
    case "slow": {
      const { runSlow } = await import("./slow/run-slow.ts");
      await runSlow(request.invocation, environment);
      return EXIT_CODE.done;
    }
    case "victims": {
      const { runVictims } = await import("./victims/run-victims.ts");
      await runVictims(request.invocation, environment);
      return EXIT_CODE.done;
    }
    case "coverage": {
      const { runCoverage } = await import("./coverage/run-coverage.ts");
      await runCoverage(request.invocation, environment);
      return EXIT_CODE.done;
    }
    case "doctor": {
      const { examine } = await import("./doctor/examine.ts");
      return await examine(request.json, environment);
    }
    case "completion": {
      const { completionScript } = await import("./completion/completion-script.ts");
      await environment.stdout.write(await completionScript(request.shell));
      return EXIT_CODE.done;
    }
  }
}

/** Runs the command line that this process was started with, to the process's end. */
export async function runProcess(): Promise<never> {
  compileLate();
  const { createProcessEnvironment } = await import("./process-environment.ts");
  const environment = createProcessEnvironment();
  const code = await main(process.argv.slice(2), environment);
  // Messages are still being written; a reader that stands still is not waited for.
  await Promise.race([environment.stderr.write(""), Bun.sleep(LAST_WORDS_MS)]);
  process.exit(code);
}

if (import.meta.main) await runProcess();
