import type { Environment } from "./environment.ts";
import { EXIT_CODE } from "./exit-code.ts";

/**
 * A terminal sends Ctrl-C to the whole foreground group, and bunx passes its own on to its child: one key press arrives
 * here twice, within a millisecond or two on an idle machine.
 */
const SAME_KEY_PRESS_MS = 100;

/** The user's wish to end: the first signal asks for it, and a Ctrl-C after that ends the process at once. */
export class StopRequest implements Disposable {
  readonly #controller = new AbortController();
  readonly #unsubscribe: () => void;

  constructor(environment: Environment) {
    let askedAtMs = Number.NaN;
    this.#unsubscribe = environment.onStopSignal((signal) => {
      const nowMs = environment.monotonicMs();
      if (!this.#controller.signal.aborted) {
        askedAtMs = nowMs;
        this.#controller.abort();
      } else if (signal === "SIGINT" && nowMs - askedAtMs >= SAME_KEY_PRESS_MS) {
        // Only Ctrl-C is impatience: a closing session sends SIGTERM and SIGHUP together, or one of them twice.
        environment.exit(EXIT_CODE.interrupted);
      }
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves when the promise does, or at the signal, by default the user's; rejects when the promise does before that. */
  whichComesFirst(promise: Promise<void>, signal: AbortSignal = this.signal): Promise<void> {
    if (signal.aborted) return Promise.race([Promise.resolve(), promise]);
    // Promise.race with one promise for all calls would keep a reaction of each call for the life of the trace.
    return new Promise((resolve, reject) => {
      const stop = (): void => resolve();
      signal.addEventListener("abort", stop, { once: true });
      promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  requested(): Promise<void> {
    const { signal } = this;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }
}
