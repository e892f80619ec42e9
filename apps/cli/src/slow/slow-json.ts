import type { StackFrame } from "@irqtrace/interrupts";
import { escapeControlInJson } from "../escape-control.ts";
import { isoMicroseconds } from "./iso-microseconds.ts";
import type { SlowRenderer } from "./slow-renderer.ts";

const SCHEMA = "irqtrace.slow/1";

/** NDJSON: an object per event, and a last one that tells what was lost. */
export function createSlowJson(): SlowRenderer {
  return {
    header: "",
    event: (event) =>
      line({
        schema: SCHEMA,
        time: isoMicroseconds(event.unixMs),
        // Beyond 104 days of uptime the last bits are lost: a JSON number is a double to most readers.
        bootNs: Number(event.bootNs),
        class: event.class,
        cpu: event.cpu,
        irq: event.irq,
        vector: event.vector,
        name: event.name,
        durationNs: event.durationNs,
        task: event.task,
        mode: event.mode,
        cgroup: event.cgroup,
        cgroupId: Number(event.cgroupId),
        stack: event.stack?.map(frameObject),
      }),
    end: ({ date, overNs, lost }) => line({ schema: SCHEMA, end: date.toISOString(), overNs, lost }),
  };
}

function frameObject({ address, symbol, module, offset }: StackFrame): unknown {
  const hex = `0x${address.toString(16)}`;
  if (symbol === null) return { address: hex };
  return module === null ? { address: hex, symbol, offset } : { address: hex, symbol, offset, module };
}

function line(value: unknown): string {
  return `${escapeControlInJson(JSON.stringify(value))}\n`;
}
