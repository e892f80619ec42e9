import { expect, test } from "bun:test";
import { summarizeVerifierLog } from "./verifier-log.ts";

test("the summary is the line before the closing statistics", () => {
  const log = [
    "0: R1=ctx() R10=fp0",
    "7: (79) r0 = *(u64 *)(r0 +0)",
    "R0 invalid mem access 'map_value_or_null'",
    "verification time 113 usec",
    "stack depth 4",
    "processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0",
    "",
  ].join("\n");
  expect(summarizeVerifierLog(log)).toBe("R0 invalid mem access 'map_value_or_null'");
});

test("a relocation that libbpf could not resolve is the reason, though the verifier met it as an unknown call", () => {
  const log = [
    "10: <invalid CO-RE relocation>",
    "failed to resolve CO-RE relocation <byte_off> [77] struct inet_sock.freebind (0:14 @ offset 792.2)",
    "processed 11 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0",
  ].join("\n");
  expect(summarizeVerifierLog(log)).toStartWith("failed to resolve CO-RE relocation");
});

test("an empty log has no summary", () => {
  expect(summarizeVerifierLog("\n")).toBe("");
});
