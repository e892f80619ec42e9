#!/bin/sh
# as-invoking-user.sh COMMAND...: runs the command as the user who called sudo, or else as whoever runs this, with a HOME.
# They own the checkout, so what is written into it must be theirs; and no package manager needs to be root.
set -eu

fail() {
  echo "irqtrace: Cannot run as the user who called sudo: $*." >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
home_of() { getent passwd "$1" | cut -d: -f6; }

uid=$(id -u)
if [ "$uid" != 0 ] || [ "${SUDO_UID:-0}" = 0 ]; then
  export HOME="${HOME:-$(home_of "$uid")}"
  exec "$@"
fi

case $SUDO_UID in *[!0-9]*) fail "SUDO_UID is \"$SUDO_UID\", not a user number" ;; esac
uid=$SUDO_UID
name=$(id -nu "$uid" 2>/dev/null) || name=
gid=$(id -g "$uid" 2>/dev/null) || gid=${SUDO_GID:-$uid}
HOME=$(home_of "$uid")
export HOME
unset SUDO_UID SUDO_GID

if has setpriv; then
  if [ -n "$name" ]; then groups=--init-groups; else groups=--clear-groups; fi
  exec setpriv --reuid="$uid" --regid="$gid" "$groups" -- "$@"
fi
[ -n "$name" ] || fail "user $uid has no account, and setpriv is not installed"
if has runuser; then exec runuser -u "$name" -- "$@"; fi
# shellcheck disable=SC2016 # the inner shell expands it
exec su "$name" -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
