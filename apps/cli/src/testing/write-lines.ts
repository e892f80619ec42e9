// A child process of fd-sink.test.ts: writes long lines until nobody reads any more, and says on stderr how it ended.
import { ClosedOutputError } from "../closed-output-error.ts";
import { FdSink } from "../fd-sink.ts";

const LINE = `${"x".repeat(99_999)}\n`;

process.on("SIGTERM", () => {
  console.error("terminated");
  process.exit(5);
});

const sink = new FdSink(1, () => undefined);
console.error("started");
let lines = 0;
try {
  for (; lines < 1000; lines++) await sink.write(LINE);
  console.error("all written");
} catch (error) {
  console.error(error instanceof ClosedOutputError ? "closed" : String(error));
}
