import { bundledLibbpf } from "@irqtrace/libbpf";
import { CallbackLog } from "../callback-log.ts";
import { findLibbpf } from "../find-libbpf.ts";
import { LIBBPF_INFO } from "../kernel-constants.ts";
import { NativeCalls } from "../native-calls.ts";

/** A thread that is within a call of libbpf when it is terminated: it never stops capturing. */
const calls = new NativeCalls(findLibbpf({ IRQTRACE_LIBBPF: bundledLibbpf()?.path }));
new CallbackLog(calls).start(LIBBPF_INFO);
postMessage("captures");
