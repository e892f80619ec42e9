import { join } from "node:path";
import { type PeerTree, peerCommand } from "./newest-peers.ts";
import type { Kind } from "./subjects.ts";

/** Count, mean and total of each handler or vector. Raw tracepoints are the cheapest of bpftrace's probes that see an interrupt. */
const ONE_LINERS: Readonly<Record<Kind, string>> = {
  hardirqs:
    "rawtracepoint:irq_handler_entry { @start[cpu] = nsecs; } rawtracepoint:irq_handler_exit /@start[cpu]/ { @ns[str(args.action->name)] = stats(nsecs - @start[cpu]); delete(@start, cpu); }",
  softirqs:
    "rawtracepoint:softirq_entry { @start[cpu] = nsecs; } rawtracepoint:softirq_exit /@start[cpu]/ { @ns[args.vec_nr] = stats(nsecs - @start[cpu]); delete(@start, cpu); }",
};
/** It looks for raw tracepoints among the kernel's functions, which kernels without a function tracer do not list. */
const FUNCTIONS = join(import.meta.dir, "programs/bpftrace-functions.txt");
/** It wants tracefs, which is mounted where nobody else sees it. */
const WITH_TRACEFS = `[ -e /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing && exec "$@"`;

/** bpftrace's equivalent of a tracer. */
export const bpftraceCommand = (tree: PeerTree, kind: Kind): readonly string[] => [
  ...["unshare", "--mount", "sh", "-c", WITH_TRACEFS, "bpftrace"],
  ...[...peerCommand(tree, "bpftrace"), "--traceable-functions", FUNCTIONS, "-e", ONE_LINERS[kind]],
];
