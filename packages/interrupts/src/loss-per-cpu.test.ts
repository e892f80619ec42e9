import { expect, test } from "bun:test";
import { lossPerCpu } from "./loss-per-cpu.ts";

test("losses are those of CPUs by their numbers, where these have gaps too", () => {
  const losses = [
    { suppressed: 0n, refused: 0n },
    { suppressed: 7n, refused: 0n },
    { suppressed: 0n, refused: 2n },
  ];
  expect(lossPerCpu(losses, [0, 4, 6])).toEqual([
    { cpu: 4, suppressed: 7, bufferFull: 0 },
    { cpu: 6, suppressed: 0, bufferFull: 2 },
  ]);
});
