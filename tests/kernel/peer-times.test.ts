import { expect, test } from "bun:test";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { spawnAt, udpCommand } from "./load/loads.ts";

/** Debian's libbpf-tools. */
const PEER = "/usr/sbin/softirqs";
const SECONDS = 5;
const TOLERANCE = 0.15;
const PLENTY = 1_000_000_000;

/** Total ns by vector, from lines such as "net_rx   123456". */
function peerTotals(output: string): Map<string, number> {
  const rows = [...output.matchAll(/^(\w+)\s+(\d+)$/gm)];
  return new Map(rows.map(([, name = "", totalNs]) => [name, Number(totalNs)]));
}

test("softirq times agree with libbpf-tools' over the same window, for every vector that takes 1 % of a CPU", async () => {
  const load = spawnAt(udpCommand(PLENTY));
  try {
    using tracer = traceSoftirqs();
    // Line by line, because its first line says that it is attached.
    const peer = Bun.spawn(["stdbuf", "-oL", PEER, "-N", String(SECONDS), "1"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const reader = peer.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let output = (await reader.read()).value ?? "";
    let total: Map<string, number> | undefined;
    for await (const { rows } of tracer.intervals({ everyMs: SECONDS * 1_000, count: 1 })) {
      total = new Map(rows.map(({ name, totalNs }) => [name, totalNs]));
    }
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) output += chunk.value;
    const peerTotal = peerTotals(output);
    const busy = [...(total ?? [])].filter(([, totalNs]) => totalNs >= SECONDS * 1e9 * 0.01);
    console.log(
      busy.map(([name, totalNs]) => `  ${name}: ours ${totalNs}, libbpf-tools ${peerTotal.get(name)}`).join("\n"),
    );
    expect(busy.map(([name]) => name)).toContain("net_rx");
    for (const [name, totalNs] of busy) {
      const ratio = totalNs / (peerTotal.get(name) ?? 0);
      expect([name, Math.abs(ratio - 1) < TOLERANCE, ratio]).toEqual([name, true, ratio]);
    }
  } finally {
    load.kill();
    await load.exited;
  }
}, 30_000);
