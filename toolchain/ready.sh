# shellcheck shell=sh
# Sourced with $root set: makes sure that the pinned Bun and every dependency are installed, and puts that Bun first on
# the PATH. When the lock files are those of the last set-up, this costs two comparisons.

: "${root:?must be the checkout}"
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH
toolchain_bin=$root/toolchain/node_modules/.bin

if ! [ -x "$toolchain_bin/bun" ] ||
  ! cmp -s "$root/toolchain/package-lock.json" "$root/toolchain/node_modules/.installed-lock" ||
  ! cmp -s "$root/bun.lock" "$root/node_modules/.installed-lock"; then
  sh "$root/toolchain/as-invoking-user.sh" sh "$root/toolchain/install.sh" </dev/null || exit
fi

PATH=$toolchain_bin:$PATH
