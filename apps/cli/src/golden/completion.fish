# Completes irqtrace's command lines in fish. Made by: irqtrace completion fish

# Words before the cursor that are no options, one a line. Options and their values come after the command.
function __irqtrace_operands
    set -l words (commandline -opc)
    set -e words[1]
    set -q words[1]
    and string match --invert -- '-*' $words
end

# Whether the command is $argv[1]; with $argv[2], whether so many words, itself included, came before.
function __irqtrace_in
    set -l operands (__irqtrace_operands)
    test "$operands[1]" = "$argv[1]"
    or return 1
    test (count $argv) -eq 1
    or test (count $operands) -eq $argv[2]
end

function __irqtrace_vectors
    printf '%s\t%s\n' hi 'high-priority tasklets' \
        timer 'expired timers of the timer wheel' \
        net_tx 'network transmit: freed packets and queued devices' \
        net_rx 'network receive: NAPI polling and protocol handling' \
        block 'completed block requests' \
        irq_poll 'polled completions of block devices' \
        tasklet 'tasklets and work queues that run in softirq context' \
        sched 'load balancing between CPUs' \
        hrtimer 'high-resolution timers that expire in softirq context' \
        rcu 'RCU callbacks and grace periods'
end

# fish's own function takes --cgroup= for the beginning of the path where nothing follows.
function __irqtrace_directories
    __fish_complete_directories (commandline -ct | string replace -r -- '^--[^=]*=' '')
end

# Without what an earlier reading of this file left.
complete -c irqtrace -e
complete -c irqtrace -f
complete -c irqtrace -n '__irqtrace_in ""' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in ""' -s V -l version -d 'the version'
complete -c irqtrace -n '__irqtrace_in ""' -a hardirqs -d 'time spent in hard interrupts, by default those of devices'
complete -c irqtrace -n '__irqtrace_in ""' -a softirqs -d 'time spent in softirqs, by vector'
complete -c irqtrace -n '__irqtrace_in ""' -a slow -d 'each interrupt that takes longer than a threshold, as it happens'
complete -c irqtrace -n '__irqtrace_in ""' -a victims -d 'whose time interrupts take: that of tasks, cgroups or CPU modes'
complete -c irqtrace -n '__irqtrace_in ""' -a coverage -d 'how much of what the kernel counts is seen'
complete -c irqtrace -n '__irqtrace_in ""' -a doctor -d 'what this kernel, these privileges and this libbpf allow'
complete -c irqtrace -n '__irqtrace_in ""' -a completion -d 'a script that completes command lines in a shell'

complete -c irqtrace -n '__irqtrace_in hardirqs' -s d -l dist -d 'a power-of-two histogram per row'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s C -l count -d 'counts only: no clock is read in the kernel'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s N -l nanoseconds -d 'times of tables in nanoseconds, not microseconds'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s T -l timestamp -d 'in tables, a line with the time before each report'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l utc -d 'that time in UTC, not local (implies --timestamp)'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l per-cpu -d 'one row per CPU'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l class -x -a 'device vector ipi nmi all' -d 'only these classes: all, or a list of device, vector, ipi, nmi (default: device)'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l matrix -d 'each row\'s rate and share of each CPU, with its affinity and NUMA node'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l self -d 'also each row\'s time without what other interrupts took of it'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l cpu -x -d 'only these CPUs, such as 0-3,8'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s c -l cgroup -x -a '(__irqtrace_directories)' -d 'only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l name -x -d 'only rows whose name matches; repeatable: any of them'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l sort -x -a 'total self count avg max p99 name irq' -d 'total, self, count, avg, max, p99, name or irq (default: total, or count with --count)'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l top -x -d 'the first N rows'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l format -x -a 'table json csv' -d 'table (default), json (an object per line and report) or csv'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l json -d 'the same as --format json'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l cost -d 'after each report, what tracing cost: the programs in the kernel, and this process'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l findings -d 'after each report, what is worth a look in it (tables, json); a summary in a table always has it'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l no-findings -d 'not even then'
complete -c irqtrace -n '__irqtrace_in hardirqs' -l probe -x -a 'tp_btf raw_tp' -d 'force the program flavour: tp_btf or raw_tp'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s v -l verbose -d 'what was loaded, which flavour, libbpf\'s own messages, to stderr'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in hardirqs' -s V -l version -d 'the version'

complete -c irqtrace -n '__irqtrace_in softirqs' -s d -l dist -d 'a power-of-two histogram per row'
complete -c irqtrace -n '__irqtrace_in softirqs' -s C -l count -d 'counts only: no clock is read in the kernel'
complete -c irqtrace -n '__irqtrace_in softirqs' -l latency -d 'how long runs had waited since they were asked for, and which ksoftirqd began'
complete -c irqtrace -n '__irqtrace_in softirqs' -l places -d 'where they began, by the kernel\'s stack: as an interrupt ended, or in a task (implies --latency)'
complete -c irqtrace -n '__irqtrace_in softirqs' -s N -l nanoseconds -d 'times of tables in nanoseconds, not microseconds'
complete -c irqtrace -n '__irqtrace_in softirqs' -s T -l timestamp -d 'in tables, a line with the time before each report'
complete -c irqtrace -n '__irqtrace_in softirqs' -l utc -d 'that time in UTC, not local (implies --timestamp)'
complete -c irqtrace -n '__irqtrace_in softirqs' -l per-cpu -d 'one row per CPU'
complete -c irqtrace -n '__irqtrace_in softirqs' -l self -d 'also each row\'s time without what other interrupts took of it'
complete -c irqtrace -n '__irqtrace_in softirqs' -l cpu -x -d 'only these CPUs, such as 0-3,8'
complete -c irqtrace -n '__irqtrace_in softirqs' -s c -l cgroup -x -a '(__irqtrace_directories)' -d 'only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup'
complete -c irqtrace -n '__irqtrace_in softirqs' -l name -x -a '(__irqtrace_vectors)' -d 'only rows whose name matches; repeatable: any of them'
complete -c irqtrace -n '__irqtrace_in softirqs' -l sort -x -a 'total self count avg max p99 name vector' -d 'total, self, count, avg, max, p99, name or vector (default: total, or count with --count)'
complete -c irqtrace -n '__irqtrace_in softirqs' -l top -x -d 'the first N rows'
complete -c irqtrace -n '__irqtrace_in softirqs' -l format -x -a 'table json csv' -d 'table (default), json (an object per line and report) or csv'
complete -c irqtrace -n '__irqtrace_in softirqs' -l json -d 'the same as --format json'
complete -c irqtrace -n '__irqtrace_in softirqs' -l cost -d 'after each report, what tracing cost: the programs in the kernel, and this process'
complete -c irqtrace -n '__irqtrace_in softirqs' -l findings -d 'after each report, what is worth a look in it (tables, json); a summary in a table always has it'
complete -c irqtrace -n '__irqtrace_in softirqs' -l no-findings -d 'not even then'
complete -c irqtrace -n '__irqtrace_in softirqs' -l probe -x -a 'tp_btf raw_tp' -d 'force the program flavour: tp_btf or raw_tp'
complete -c irqtrace -n '__irqtrace_in softirqs' -s v -l verbose -d 'what was loaded, which flavour, libbpf\'s own messages, to stderr'
complete -c irqtrace -n '__irqtrace_in softirqs' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in softirqs' -s V -l version -d 'the version'

complete -c irqtrace -n '__irqtrace_in slow' -l over -x -d 'at least that long: a number with a unit (ns, us, ms, s), or 0 for all (default: 100us)'
complete -c irqtrace -n '__irqtrace_in slow' -l class -x -a 'device vector ipi nmi softirq raise all' -d 'only these classes: all, or a list of device, vector, ipi, nmi, softirq, raise; raise is how long a softirq waits (default: all that this kernel has)'
complete -c irqtrace -n '__irqtrace_in slow' -l stack -d 'the kernel\'s stack below each event'
complete -c irqtrace -n '__irqtrace_in slow' -l cpu -x -d 'only these CPUs, such as 0-3,8'
complete -c irqtrace -n '__irqtrace_in slow' -s c -l cgroup -x -a '(__irqtrace_directories)' -d 'only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup'
complete -c irqtrace -n '__irqtrace_in slow' -l name -x -d 'only events whose name matches; repeatable: any of them'
complete -c irqtrace -n '__irqtrace_in slow' -l utc -d 'times of the table in UTC, not local'
complete -c irqtrace -n '__irqtrace_in slow' -l format -x -a 'table json' -d 'table (default) or json (an object per line and event)'
complete -c irqtrace -n '__irqtrace_in slow' -l json -d 'the same as --format json'
complete -c irqtrace -n '__irqtrace_in slow' -l probe -x -a 'tp_btf raw_tp' -d 'force the program flavour: tp_btf or raw_tp'
complete -c irqtrace -n '__irqtrace_in slow' -s v -l verbose -d 'what was loaded, which flavour, libbpf\'s own messages, to stderr'
complete -c irqtrace -n '__irqtrace_in slow' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in slow' -s V -l version -d 'the version'

complete -c irqtrace -n '__irqtrace_in victims' -l by -x -a 'task cgroup cpu-mode' -d 'task (default), cgroup or cpu-mode: what victims are told apart by'
complete -c irqtrace -n '__irqtrace_in victims' -l class -x -a 'device vector ipi nmi softirq all' -d 'only interrupts of these classes: all, or a list of device, vector, ipi, nmi, softirq (default: all that this kernel has)'
complete -c irqtrace -n '__irqtrace_in victims' -s N -l nanoseconds -d 'times of tables in nanoseconds, not microseconds'
complete -c irqtrace -n '__irqtrace_in victims' -s T -l timestamp -d 'in tables, a line with the time before each report'
complete -c irqtrace -n '__irqtrace_in victims' -l utc -d 'that time in UTC, not local (implies --timestamp)'
complete -c irqtrace -n '__irqtrace_in victims' -l cpu -x -d 'only these CPUs, such as 0-3,8'
complete -c irqtrace -n '__irqtrace_in victims' -s c -l cgroup -x -a '(__irqtrace_directories)' -d 'only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup'
complete -c irqtrace -n '__irqtrace_in victims' -l sort -x -a 'total count name' -d 'total, count, name (default: total)'
complete -c irqtrace -n '__irqtrace_in victims' -l entries -x -d 'room for N pairs of a victim and a source; what comes later is told as (others)'
complete -c irqtrace -n '__irqtrace_in victims' -l top -x -d 'the first N victims'
complete -c irqtrace -n '__irqtrace_in victims' -l format -x -a 'table json csv' -d 'table (default), json (an object per line and report) or csv'
complete -c irqtrace -n '__irqtrace_in victims' -l json -d 'the same as --format json'
complete -c irqtrace -n '__irqtrace_in victims' -l cost -d 'after each report, what tracing cost: the programs in the kernel, and this process'
complete -c irqtrace -n '__irqtrace_in victims' -l probe -x -a 'tp_btf raw_tp' -d 'force the program flavour: tp_btf or raw_tp'
complete -c irqtrace -n '__irqtrace_in victims' -s v -l verbose -d 'what was loaded, which flavour, libbpf\'s own messages, to stderr'
complete -c irqtrace -n '__irqtrace_in victims' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in victims' -s V -l version -d 'the version'

complete -c irqtrace -n '__irqtrace_in coverage' -l format -x -a 'table json' -d 'table (default) or json (one object)'
complete -c irqtrace -n '__irqtrace_in coverage' -l json -d 'the same as --format json'
complete -c irqtrace -n '__irqtrace_in coverage' -l probe -x -a 'tp_btf raw_tp' -d 'force the program flavour: tp_btf or raw_tp'
complete -c irqtrace -n '__irqtrace_in coverage' -s v -l verbose -d 'what was loaded, which flavour, libbpf\'s own messages, to stderr'
complete -c irqtrace -n '__irqtrace_in coverage' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in coverage' -s V -l version -d 'the version'

complete -c irqtrace -n '__irqtrace_in doctor' -l json -d 'one JSON object'
complete -c irqtrace -n '__irqtrace_in doctor' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in doctor' -s V -l version -d 'the version'

complete -c irqtrace -n '__irqtrace_in completion 1' -a 'bash zsh fish'
complete -c irqtrace -n '__irqtrace_in completion' -s h -l help -d 'this help'
complete -c irqtrace -n '__irqtrace_in completion' -s V -l version -d 'the version'
