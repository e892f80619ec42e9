#!/bin/sh
# Installs the pinned Bun (by npm) and the workspace (by that Bun) into this checkout: one at a time, and nothing outside
# of it but the package managers' caches. Speaks on stderr alone.
set -eu
exec >&2
self=$(readlink -f -- "$0")
toolchain=${self%/*}
root=${toolchain%/*}
export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"

say() { printf 'irqtrace: %s\n' "$*"; }
fail() { # fail EXIT_CODE MESSAGE...
  code=$1
  shift
  say "$@"
  exit "$code"
}
is_installed() { # is_installed LOCK_FILE NODE_MODULES
  cmp -s "$1" "$2/.installed-lock"
}

# Written last, and whole or not at all: a set-up that dies half-way is done again.
mark_installed() { # mark_installed LOCK_FILE NODE_MODULES
  cp "$1" "$2/.installed-lock.new"
  mv "$2/.installed-lock.new" "$2/.installed-lock"
}

install_bun() {
  command -v npm >/dev/null 2>&1 || fail 4 "Cannot set up: npm is not on the PATH ($PATH)." \
    "Install Node.js with npm, or, where only you have them, run \"$root/irqtrace --version\" once without sudo."
  say "installing Bun into $toolchain (once)"
  rm -f "$toolchain/node_modules/.installed-lock"
  (cd "$toolchain" && npm ci --ignore-scripts --no-audit --no-fund --no-progress --no-update-notifier --loglevel=error) ||
    fail 1 "Cannot install Bun: npm failed, as said above. It must reach the npm registry."
  # Without install scripts npm's own links lead to a placeholder: point them to the build that runs here.
  for bun in "$toolchain"/node_modules/@oven/bun-*/bin/bun; do
    if "$bun" --version >/dev/null 2>&1; then
      ln -sf "../${bun#"$toolchain/node_modules/"}" "$toolchain/node_modules/.bin/bun"
      ln -sf bun "$toolchain/node_modules/.bin/bunx"
      mark_installed "$toolchain/package-lock.json" "$toolchain/node_modules"
      return
    fi
  done
  fail 4 "Cannot set up: no build of Bun runs on this machine ($(uname -sm))."
}

npm_setting() { # npm_setting NAME: empty where npm has none, or is not there any more
  (cd "$toolchain" && npm config get "$1" 2>/dev/null) | grep -vx -e null -e undefined
}

# Bun knows the user's .npmrc alone; registry, certificates and proxy may also stand in npm's other files.
install_workspace() {
  say "installing the workspace's dependencies (once)"
  rm -f "$root/node_modules/.installed-lock"
  if registry=$(npm_setting registry); then export npm_config_registry="$registry"; fi
  if proxy=$(npm_setting https-proxy); then export HTTPS_PROXY="$proxy"; fi
  set -- install --frozen-lockfile --ignore-scripts --no-progress
  if cafile=$(npm_setting cafile); then set -- "$@" "--cafile=$cafile"; fi
  report=$(cd "$root" && toolchain/node_modules/.bin/bun "$@" 2>&1) ||
    fail 1 "Cannot install the dependencies. Bun says: $report"
  mkdir -p "$root/.cache" # tests write into it, also those that root runs: it must not become root's
  mark_installed "$root/bun.lock" "$root/node_modules"
}

for directory in "$root" "$toolchain"; do
  [ -w "$directory" ] || fail 1 "Cannot set up: user $(id -un 2>/dev/null || id -u) may not write to $directory." \
    "Run \"$root/irqtrace --version\" once as its owner ($(stat -c %U "$root")), or clone it to a place of your own."
done
[ -w "${HOME:-/nonexistent}" ] || export HOME="$root/.cache/home"

# A lock on a file that is always there leaves nothing behind, whichever way its owner ends.
if command -v flock >/dev/null 2>&1; then
  exec 9<"$toolchain/package-lock.json"
  flock -n 9 || {
    say "waiting for another set-up of $root"
    flock 9
  }
fi
is_installed "$toolchain/package-lock.json" "$toolchain/node_modules" || install_bun
is_installed "$root/bun.lock" "$root/node_modules" || install_workspace
