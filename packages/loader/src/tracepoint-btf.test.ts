import { expect, test } from "bun:test";
import { hasTracepointBtf, kernelHasBtf } from "./tracepoint-btf.ts";

const SKIPPED = kernelHasBtf() ? "" : " (skipped: this kernel has no BTF)";

test.skipIf(SKIPPED !== "")(
  `tracepoints are told from what is no tracepoint, also where one name ends another${SKIPPED}`,
  () => {
    const found = ["irq_handler_entry", "softirq_exit", "handler_entry", "irq_handler", "task_struct", ""].filter(
      hasTracepointBtf,
    );
    expect(found).toEqual(["irq_handler_entry", "softirq_exit"]);
  },
);
