import { expect, test } from "bun:test";
import { countsPerCpu, findings, machineFacts } from "@irqtrace/interrupts";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { sendUdp } from "./load/loads.ts";

const PACKETS = 20_000;
const LOADED_CPU = 1;

test("the machine has CPUs and a tick, and these are the only ones", () => {
  const { onlineCpus, isolatedCpus, nohzFullCpus, tickNs, deviceLines = [] } = machineFacts();
  expect(onlineCpus).toContain(0);
  for (const cpus of [isolatedCpus, nohzFullCpus]) for (const cpu of cpus ?? []) expect(onlineCpus).toContain(cpu);
  expect(tickNs).toBeWithin(1e6, 1e7 + 1);
  for (const { irq, device, name } of deviceLines)
    expect([irq >= 0, device === "", name === ""]).toEqual([true, false, false]);
});

test("a load on a CPU that was to be left alone is found there, and what it was", async () => {
  using tracer = traceSoftirqs({ latency: true });
  await sendUdp(PACKETS, { cpu: LOADED_CPU });
  const { rows } = tracer.snapshot();
  const input = { rows, cpuRows: countsPerCpu(tracer.capture()) };
  const machine = machineFacts();
  // What is said to be isolated here is not, so that something runs there.
  const found = findings({ ...input, machine: { ...machine, isolatedCpus: [LOADED_CPU] } });
  const [isolated] = found.filter(({ rule }) => rule === "isolated-cpu");
  console.log(`  ${isolated?.sentence}`);
  expect(isolated?.sentence).toStartWith(`CPU ${LOADED_CPU} is isolated, and ran `);
  expect(isolated?.evidence).toMatchObject({ cpu: LOADED_CPU, source: "net_rx" });
  expect(isolated?.evidence["sourceCount"]).toBeGreaterThan(PACKETS / 2);
  const ofMachine = findings({ ...input, machine });
  expect(ofMachine.map(({ rule }) => rule)).not.toContain("isolated-cpu");
}, 30_000);

test("waits are found when they are longer than what is allowed, and the counts are those of an interval", async () => {
  using tracer = traceSoftirqs({ latency: true });
  await sendUdp(PACKETS);
  const earlier = countsPerCpu(tracer.capture());
  const { rows } = tracer.snapshot();
  const machine = { ...machineFacts(), tickNs: 10 };
  const late = findings({ rows, cpuRows: [], machine }).filter(({ rule }) => rule === "late-softirq");
  expect(late.map(({ evidence }) => evidence["source"])).toContain("net_rx");
  const since = countsPerCpu(tracer.capture(), earlier).filter(({ name }) => name === "net_rx");
  expect(since.reduce((sum, { count }) => sum + count, 0)).toBeLessThan(PACKETS / 2);
}, 30_000);
