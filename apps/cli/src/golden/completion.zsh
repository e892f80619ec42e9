#compdef irqtrace
# Completes irqtrace's command lines in zsh. Made by: irqtrace completion zsh

_irqtrace_commands() {
  local -a words=(
    'hardirqs:time spent in hard interrupts, by default those of devices'
    'softirqs:time spent in softirqs, by vector'
    'slow:each interrupt that takes longer than a threshold, as it happens'
    'victims:whose time interrupts take: that of tasks, cgroups or CPU modes'
    'coverage:how much of what the kernel counts is seen'
    'doctor:what this kernel, these privileges and this libbpf allow'
    'completion:a script that completes command lines in a shell'
  )
  _describe 'command' words
}

_irqtrace_vectors() {
  local -a words=(
    'hi:high-priority tasklets'
    'timer:expired timers of the timer wheel'
    'net_tx:network transmit: freed packets and queued devices'
    'net_rx:network receive: NAPI polling and protocol handling'
    'block:completed block requests'
    'irq_poll:polled completions of block devices'
    'tasklet:tasklets and work queues that run in softirq context'
    'sched:load balancing between CPUs'
    'hrtimer:high-resolution timers that expire in softirq context'
    'rcu:RCU callbacks and grace periods'
  )
  _describe 'softirq' words
}

_irqtrace() {
  local curcontext=$curcontext state line ret=1
  local -A opt_args

  _arguments -C -s -S : \
    '(- *)'{-h,--help}'[this help]' \
    '(- *)'{-V,--version}'[the version]' \
    '1:command:_irqtrace_commands' \
    '*::argument:->arguments' && ret=0

  if [[ $state == arguments ]]; then
    curcontext=${curcontext%:*:*}:irqtrace-$words[1]:
    case $words[1] in
      hardirqs)
        _arguments -s -S : \
          '(-d --dist)'{-d,--dist}'[a power-of-two histogram per row]' \
          '(-C --count)'{-C,--count}'[counts only: no clock is read in the kernel]' \
          '(-N --nanoseconds)'{-N,--nanoseconds}'[times of tables in nanoseconds, not microseconds]' \
          '(-T --timestamp)'{-T,--timestamp}'[in tables, a line with the time before each report]' \
          '(--utc)--utc[that time in UTC, not local (implies --timestamp)]' \
          '(--per-cpu)--per-cpu[one row per CPU]' \
          '(--class)--class=[only these classes: all, or a list of device, vector, ipi, nmi (default: device)]:LIST:(device vector ipi nmi all)' \
          '(--matrix)--matrix[each row'\''s rate and share of each CPU, with its affinity and NUMA node]' \
          '(--self)--self[also each row'\''s time without what other interrupts took of it]' \
          '(--cpu)--cpu=[only these CPUs, such as 0-3,8]:LIST: ' \
          '(-c --cgroup)'{-c+,--cgroup=}'[only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup]:PATH:_directories' \
          '*--name=[only rows whose name matches; repeatable: any of them]:GLOB: ' \
          '(--sort)--sort=[total, self, count, avg, max, p99, name or irq (default: total, or count with --count)]:KEY:(total self count avg max p99 name irq)' \
          '(--top)--top=[the first N rows]:N: ' \
          '(--format)--format=[table (default), json (an object per line and report) or csv]:F:(table json csv)' \
          '(--json)--json[the same as --format json]' \
          '(--cost)--cost[after each report, what tracing cost: the programs in the kernel, and this process]' \
          '(--findings)--findings[after each report, what is worth a look in it (tables, json); a summary in a table always has it]' \
          '(--no-findings)--no-findings[not even then]' \
          '(--probe)--probe=[force the program flavour: tp_btf or raw_tp]:FLAVOUR:(tp_btf raw_tp)' \
          '(-v --verbose)'{-v,--verbose}'[what was loaded, which flavour, libbpf'\''s own messages, to stderr]' \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' \
          '1::interval: ' \
          '2::count: ' && ret=0
        ;;
      softirqs)
        _arguments -s -S : \
          '(-d --dist)'{-d,--dist}'[a power-of-two histogram per row]' \
          '(-C --count)'{-C,--count}'[counts only: no clock is read in the kernel]' \
          '(--latency)--latency[how long runs had waited since they were asked for, and which ksoftirqd began]' \
          '(--places)--places[where they began, by the kernel'\''s stack: as an interrupt ended, or in a task (implies --latency)]' \
          '(-N --nanoseconds)'{-N,--nanoseconds}'[times of tables in nanoseconds, not microseconds]' \
          '(-T --timestamp)'{-T,--timestamp}'[in tables, a line with the time before each report]' \
          '(--utc)--utc[that time in UTC, not local (implies --timestamp)]' \
          '(--per-cpu)--per-cpu[one row per CPU]' \
          '(--self)--self[also each row'\''s time without what other interrupts took of it]' \
          '(--cpu)--cpu=[only these CPUs, such as 0-3,8]:LIST: ' \
          '(-c --cgroup)'{-c+,--cgroup=}'[only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup]:PATH:_directories' \
          '*--name=[only rows whose name matches; repeatable: any of them]:GLOB:_irqtrace_vectors' \
          '(--sort)--sort=[total, self, count, avg, max, p99, name or vector (default: total, or count with --count)]:KEY:(total self count avg max p99 name vector)' \
          '(--top)--top=[the first N rows]:N: ' \
          '(--format)--format=[table (default), json (an object per line and report) or csv]:F:(table json csv)' \
          '(--json)--json[the same as --format json]' \
          '(--cost)--cost[after each report, what tracing cost: the programs in the kernel, and this process]' \
          '(--findings)--findings[after each report, what is worth a look in it (tables, json); a summary in a table always has it]' \
          '(--no-findings)--no-findings[not even then]' \
          '(--probe)--probe=[force the program flavour: tp_btf or raw_tp]:FLAVOUR:(tp_btf raw_tp)' \
          '(-v --verbose)'{-v,--verbose}'[what was loaded, which flavour, libbpf'\''s own messages, to stderr]' \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' \
          '1::interval: ' \
          '2::count: ' && ret=0
        ;;
      slow)
        _arguments -s -S : \
          '(--over)--over=[at least that long: a number with a unit (ns, us, ms, s), or 0 for all (default: 100us)]:TIME: ' \
          '(--class)--class=[only these classes: all, or a list of device, vector, ipi, nmi, softirq, raise; raise is how long a softirq waits (default: all that this kernel has)]:LIST:(device vector ipi nmi softirq raise all)' \
          '(--stack)--stack[the kernel'\''s stack below each event]' \
          '(--cpu)--cpu=[only these CPUs, such as 0-3,8]:LIST: ' \
          '(-c --cgroup)'{-c+,--cgroup=}'[only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup]:PATH:_directories' \
          '*--name=[only events whose name matches; repeatable: any of them]:GLOB: ' \
          '(--utc)--utc[times of the table in UTC, not local]' \
          '(--format)--format=[table (default) or json (an object per line and event)]:F:(table json)' \
          '(--json)--json[the same as --format json]' \
          '(--probe)--probe=[force the program flavour: tp_btf or raw_tp]:FLAVOUR:(tp_btf raw_tp)' \
          '(-v --verbose)'{-v,--verbose}'[what was loaded, which flavour, libbpf'\''s own messages, to stderr]' \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' \
          '1::duration: ' && ret=0
        ;;
      victims)
        _arguments -s -S : \
          '(--by)--by=[task (default), cgroup or cpu-mode: what victims are told apart by]:KIND:(task cgroup cpu-mode)' \
          '(--class)--class=[only interrupts of these classes: all, or a list of device, vector, ipi, nmi, softirq (default: all that this kernel has)]:LIST:(device vector ipi nmi softirq all)' \
          '(-N --nanoseconds)'{-N,--nanoseconds}'[times of tables in nanoseconds, not microseconds]' \
          '(-T --timestamp)'{-T,--timestamp}'[in tables, a line with the time before each report]' \
          '(--utc)--utc[that time in UTC, not local (implies --timestamp)]' \
          '(--cpu)--cpu=[only these CPUs, such as 0-3,8]:LIST: ' \
          '(-c --cgroup)'{-c+,--cgroup=}'[only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup]:PATH:_directories' \
          '(--sort)--sort=[total, count, name (default: total)]:KEY:(total count name)' \
          '(--entries)--entries=[room for N pairs of a victim and a source; what comes later is told as (others)]:N: ' \
          '(--top)--top=[the first N victims]:N: ' \
          '(--format)--format=[table (default), json (an object per line and report) or csv]:F:(table json csv)' \
          '(--json)--json[the same as --format json]' \
          '(--cost)--cost[after each report, what tracing cost: the programs in the kernel, and this process]' \
          '(--probe)--probe=[force the program flavour: tp_btf or raw_tp]:FLAVOUR:(tp_btf raw_tp)' \
          '(-v --verbose)'{-v,--verbose}'[what was loaded, which flavour, libbpf'\''s own messages, to stderr]' \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' \
          '1::interval: ' \
          '2::count: ' && ret=0
        ;;
      coverage)
        _arguments -s -S : \
          '(--format)--format=[table (default) or json (one object)]:F:(table json)' \
          '(--json)--json[the same as --format json]' \
          '(--probe)--probe=[force the program flavour: tp_btf or raw_tp]:FLAVOUR:(tp_btf raw_tp)' \
          '(-v --verbose)'{-v,--verbose}'[what was loaded, which flavour, libbpf'\''s own messages, to stderr]' \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' \
          '1::duration: ' && ret=0
        ;;
      doctor)
        _arguments -s -S : \
          '(--json)--json[one JSON object]' \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' && ret=0
        ;;
      completion)
        _arguments -s -S : \
          '(- *)'{-h,--help}'[this help]' \
          '(- *)'{-V,--version}'[the version]' \
          '1:shell:(bash zsh fish)' && ret=0
        ;;
    esac
  fi
  return ret
}

if [[ $funcstack[1] == _irqtrace ]]; then
  # Called by zsh as the function of this file's name: this first time it has only been defined.
  _irqtrace "$@"
elif (($+functions[compdef])); then
  compdef _irqtrace irqtrace
else
  print -u2 "irqtrace: completions take zsh's completion system; run this first: autoload -Uz compinit && compinit"
fi
