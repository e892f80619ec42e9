# Completes irqtrace's command lines in bash. Made by: irqtrace completion bash

# Whether the word $2, after the command $1, is an option whose value is the next word.
_irqtrace_takes_value() {
  case $1 in
    hardirqs)
      [[ ' --class --cpu --cgroup --name --sort --top --format --probe ' == *" $2 "* || $2 =~ ^-[dCNTvhV]*[c]$ ]]
      ;;
    softirqs)
      [[ ' --cpu --cgroup --name --sort --top --format --probe ' == *" $2 "* || $2 =~ ^-[dCNTvhV]*[c]$ ]]
      ;;
    slow)
      [[ ' --over --class --cpu --cgroup --name --format --probe ' == *" $2 "* || $2 =~ ^-[vhV]*[c]$ ]]
      ;;
    victims)
      [[ ' --by --class --cpu --cgroup --sort --entries --top --format --probe ' == *" $2 "* || $2 =~ ^-[NTvhV]*[c]$ ]]
      ;;
    coverage)
      [[ ' --format --probe ' == *" $2 "* || $2 =~ ^-[vhV]*[]$ ]]
      ;;
    *) return 1 ;;
  esac
}

_irqtrace() {
  local word=${COMP_WORDS[COMP_CWORD]} prefix='' command='' operands=0 flag='' ended='' flags='' words='' index part

  # What came before. In --sort=KEY bash sees three words, unless = was taken out of COMP_WORDBREAKS.
  for ((index = 1; index < COMP_CWORD; index++)); do
    part=${COMP_WORDS[index]}
    if [[ -n $flag ]]; then
      [[ $part == = ]] || flag=''
    elif [[ -z $ended && $part == -- ]]; then
      ended=1
    elif [[ -z $ended && $part == -* ]]; then
      if _irqtrace_takes_value "$command" "$part"; then
        # Of short options in one word, the last one.
        [[ $part == --* ]] && flag=$part || flag=-${part: -1}
      fi
    elif [[ -z $command ]]; then
      command=$part
    elif [[ $part != = ]]; then
      operands=$((operands + 1))
    fi
  done
  if [[ -n $flag && $word == = ]]; then
    word=''
  elif [[ -z $flag && -z $ended && $word == --*=* ]]; then
    flag=${word%%=*} prefix=${word%%=*}= word=${word#*=}
  fi

  case $command in
    '')
      flags='--help -h --version -V'
      words='hardirqs softirqs slow victims coverage doctor completion'
      ;;
    hardirqs)
      flags='--dist -d --count -C --nanoseconds -N --timestamp -T --utc --per-cpu --class --matrix --self --cpu --cgroup -c --name --sort --top --format --json --cost --findings --no-findings --probe --verbose -v --help -h --version -V'
      case $flag in
        --class) words='device vector ipi nmi all' ;;
        -c | --cgroup)
          compopt -o dirnames
          return
          ;;
        --sort) words='total self count avg max p99 name irq' ;;
        --format) words='table json csv' ;;
        --probe) words='tp_btf raw_tp' ;;
      esac
      ;;
    softirqs)
      flags='--dist -d --count -C --latency --places --nanoseconds -N --timestamp -T --utc --per-cpu --self --cpu --cgroup -c --name --sort --top --format --json --cost --findings --no-findings --probe --verbose -v --help -h --version -V'
      case $flag in
        -c | --cgroup)
          compopt -o dirnames
          return
          ;;
        --name) words='hi timer net_tx net_rx block irq_poll tasklet sched hrtimer rcu' ;;
        --sort) words='total self count avg max p99 name vector' ;;
        --format) words='table json csv' ;;
        --probe) words='tp_btf raw_tp' ;;
      esac
      ;;
    slow)
      flags='--over --class --stack --cpu --cgroup -c --name --utc --format --json --probe --verbose -v --help -h --version -V'
      case $flag in
        --class) words='device vector ipi nmi softirq raise all' ;;
        -c | --cgroup)
          compopt -o dirnames
          return
          ;;
        --format) words='table json' ;;
        --probe) words='tp_btf raw_tp' ;;
      esac
      ;;
    victims)
      flags='--by --class --nanoseconds -N --timestamp -T --utc --cpu --cgroup -c --sort --entries --top --format --json --cost --probe --verbose -v --help -h --version -V'
      case $flag in
        --by) words='task cgroup cpu-mode' ;;
        --class) words='device vector ipi nmi softirq all' ;;
        -c | --cgroup)
          compopt -o dirnames
          return
          ;;
        --sort) words='total count name' ;;
        --format) words='table json csv' ;;
        --probe) words='tp_btf raw_tp' ;;
      esac
      ;;
    coverage)
      flags='--format --json --probe --verbose -v --help -h --version -V'
      case $flag in
        --format) words='table json' ;;
        --probe) words='tp_btf raw_tp' ;;
      esac
      ;;
    doctor)
      flags='--json --help -h --version -V'
      ;;
    completion)
      flags='--help -h --version -V'
      case $flag in
        '') ((operands == 0)) && words='bash zsh fish' ;;
      esac
      ;;
    *) return ;;
  esac

  [[ -z $flag && -z $ended && $word == -* ]] && words=$flags
  mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$words" -- "$word")
}

complete -F _irqtrace irqtrace
