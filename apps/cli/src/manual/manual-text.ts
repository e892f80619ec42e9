/** What the manual says beyond the commands' definitions; backticks mark what is to be typed as it is. */

export const DESCRIPTION: readonly string[] = [
  "irqtrace measures in the kernel, with eBPF programs on the tracepoints irq_handler_entry, irq_handler_exit, softirq_entry and softirq_exit, which device's handler or which softirq ran how often and for how long, how bad the tail was, and on which CPU.",
  "For every row it keeps the count, the total time, the exact longest run, and a histogram with eight ranges per power of two. Nothing is sampled and nothing is cleared between reports, so that no run falls between two of them.",
  "Device interrupts are told apart by the number of their line and the position of their handler on it, not by name: two lines with one name stay two rows.",
];

export const OUTPUT: readonly string[] = [
  "Reports go to the standard output, everything else to the standard error output. A report is written as soon as its interval is over.",
  "A table shows the runs (`count`) and the time that they took together (`total`), that time as a share of one CPU (`cpu%`, above 100 where several CPUs were busy), the mean (`avg`), percentiles (`p50`, `p99`, at most 6.25 % off) and the longest run (`max`, exact). The column `action` tells handlers of a shared line apart, `unhandled` counts runs whose handler said that the interrupt was not its own, `wake_thread` those that left the work to a thread; each appears where it has something to say. On a narrow terminal the least important columns are left out.",
  "A line that begins with `lost:` follows a report that is not complete: `unmatched` ends of runs whose beginning was not seen, and which are not timed; runs for which the `table` was `full`; and `recursion misses`, runs that the kernel left out.",
  "With `--latency` the time from the first raise of a softirq since its last run to the run itself is told as well (`lat_avg` and so on); runs whose raise is not known are in `unmatched_raise` instead. `ksoftirqd` and `ktimers` are runs that these threads began; with `--places` the others are told apart by the kernel's stack: `irq_exit` as an interrupt ended, `bh_enable` in a task. A run counts for these as it begins, and for `count` as it ends.",
  "A line that begins with `finding:` says what stands out in a summary, or with `--findings` in a report, with the numbers and the threshold: interrupts that no handler owns, a device's interrupts on one CPU, interrupted CPUs that were isolated, softirqs that wait for longer than a tick or run in ksoftirqd, handlers that leave their work to threads.",
  "With `--json` each report is a JSON object on a line of its own, with `--format` `csv` a line per row under one header. Both hold the same members, always in nanoseconds. JSON Schemas come with the packages @irqtrace/hardirqs, @irqtrace/softirqs, @irqtrace/interrupts (`slow`, `victims`) and, for `irqtrace doctor --json`, irqtrace; later versions only add members.",
  "`irqtrace slow` writes a line for each event as it happens: when it ended, on which CPU, its class, irq or vector and name, how long it took, the task that was current, whether user code, kernel code or nothing was interrupted (`unknown` where the kernel does not tell), and the task's cgroup. A CPU reports at most a thousand events in 100 ms, on large machines less. What was not shown is told at the end on the standard error output, and with `--json` in a last object.",
  "`irqtrace victims` tells whose time it was: a line for each task, cgroup or CPU mode, with the time that it lost, and what took most of it. Times are those of each interrupt alone, without what nested in it. The victim is the task that was current: a softirq that a task ran itself, when it enabled softirqs again, is charged to it whoever caused it, and one in ksoftirqd to that thread. `(idle)` is nobody's time, `(others)` what found no room of its own, `unknown` a mode that the kernel's stack does not tell. JSON and CSV hold a row for each victim and source.",
  "With `--dist` a table becomes a histogram per row, whose ranges are powers of two of nanoseconds; JSON and CSV get the ranges in full resolution.",
  "Names come from drivers: control characters in them are shown as escapes. No colours are used.",
];

export const NOTES: readonly string[] = [
  "irqtrace needs Linux 5.10 or later, and root or the capabilities CAP_BPF and CAP_PERFMON. A kernel with BTF (CONFIG_DEBUG_INFO_BTF) is needed by `hardirqs`. `irqtrace doctor` tells which of it is missing and what to do.",
  "However irqtrace ends, even killed, the kernel detaches and frees all that it loaded.",
  "Times include whatever interrupts a run: a device interrupt that arrives during a softirq counts for both.",
  "The threads of threaded handlers are not measured, only what runs in interrupt context. Timer and inter-processor interrupts of x86 are no device interrupts and are not shown by `hardirqs`.",
  "The environment variable `IRQTRACE_LIBBPF` names a libbpf.so to use in place of all others, by its full path.",
];
