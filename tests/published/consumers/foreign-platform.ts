// Imports every entry on a platform that has no BPF, and calls what needs it. Runs in Bun and in Node; the argument names
// the platform to pretend to be.
import { UnsupportedPlatformError } from "@irqtrace/loader";

const platform = process.argv[2] ?? process.platform;
Object.defineProperty(process, "platform", { value: platform });

const entries = (process.argv[3] ?? "").split(",");
for (const entry of entries) await import(entry);

const { libbpf, openObject } = await import("@irqtrace/loader");
const { softirqsObject } = await import("@irqtrace/bpf-objects/softirqs");
const { traceHardirqs } = await import("@irqtrace/hardirqs");
const { traceSoftirqs } = await import("@irqtrace/softirqs");
const calls: Readonly<Record<string, () => unknown>> = {
  libbpf,
  openObject: () => openObject(softirqsObject()),
  traceHardirqs: () => traceHardirqs(),
  traceSoftirqs: () => traceSoftirqs(),
};

const outcomes: Record<string, string> = {};
for (const [name, call] of Object.entries(calls)) {
  try {
    call();
    outcomes[name] = "nothing was thrown";
  } catch (error) {
    outcomes[name] = error instanceof UnsupportedPlatformError ? "refused" : String(error);
  }
}
console.log(JSON.stringify({ imported: entries.length, outcomes }));
