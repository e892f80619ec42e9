import { checkResult } from "./check.ts";
import { scratch } from "./ffi.ts";
import { nativeCalls, startOf } from "./native-calls.ts";
import type { Owner } from "./owner.ts";

/**
 * What a program has cost since it was loaded.
 *
 * @example
 * ```ts
 * import type { ProgramStatistics } from "@irqtrace/loader";
 *
 * const statistics: ProgramStatistics = { runTimeNs: 1_200, runCount: 4, recursionMisses: null };
 * console.log(statistics.runTimeNs / statistics.runCount); // 300
 * ```
 */
export interface ProgramStatistics {
  /** Nanoseconds, while statistics are switched on: by `enableStatistics()` or kernel.bpf_stats_enabled. */
  readonly runTimeNs: number;
  /** Runs while statistics are switched on. */
  readonly runCount: number;
  /** Runs left out because the program ran on that CPU already; `null` where the kernel does not count them (before 5.12). */
  readonly recursionMisses: number | null;
}

/**
 * A loaded program.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqs } from "@irqtrace/bpf-objects/layouts";
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), softirqs).load();
 * for (const name of loaded.programNames) console.log(name, loaded.program(name).statistics().runCount);
 * ```
 */
export interface BpfProgram {
  readonly name: string;
  /** The kernel's number of the program, as bpftool shows it. */
  readonly id: number;
  /** The descriptor, for system calls of your own. It closes with the object. */
  readonly fd: number;
  /** Source: struct bpf_prog_info of linux/bpf.h. */
  statistics(): ProgramStatistics;
}

/** Where the fields of struct bpf_prog_info lie; held to the C by a test. */
export const PROGRAM_INFO_OFFSETS = { id: 4, run_time_ns: 192, run_cnt: 200, recursion_misses: 208 } as const;
const INFO_BYTES = PROGRAM_INFO_OFFSETS.recursion_misses + 8;

/** {@link BpfProgram} over a descriptor. */
export class ProgramHandle implements BpfProgram {
  readonly name: string;
  readonly #fd: number;
  readonly #owner: Owner;

  constructor(name: string, fd: number, owner: Owner) {
    this.name = name;
    this.#fd = fd;
    this.#owner = owner;
  }

  get fd(): number {
    this.#owner.assertOpen("use", this.name);
    return this.#fd;
  }

  get id(): number {
    return this.#info().view.getUint32(PROGRAM_INFO_OFFSETS.id, true);
  }

  statistics(): ProgramStatistics {
    const { view, byteLength } = this.#info();
    const count = (offset: number): number => Number(view.getBigUint64(offset, true));
    return {
      runTimeNs: count(PROGRAM_INFO_OFFSETS.run_time_ns),
      runCount: count(PROGRAM_INFO_OFFSETS.run_cnt),
      recursionMisses: byteLength < INFO_BYTES ? null : count(PROGRAM_INFO_OFFSETS.recursion_misses),
    };
  }

  #info(): { readonly view: DataView; readonly byteLength: number } {
    this.#owner.assertOpen("query", this.name);
    const info = scratch(INFO_BYTES);
    const length = new Uint32Array(new ArrayBuffer(4));
    length[0] = INFO_BYTES;
    // SAFETY: the kernel writes at most the length given, which is the buffer's, and says how much that was.
    const result = nativeCalls().functions.bpf_obj_get_info_by_fd(this.#fd, startOf(info), startOf(length));
    checkResult(result, { operation: "query the program", what: this.name });
    return { view: new DataView(info.buffer), byteLength: length[0] };
  }
}
