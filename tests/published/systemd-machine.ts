/**
 * Shell commands that run others on a machine which systemd has started, for `runInThrowawayRoot`. Its systemd is process 1
 * of namespaces of its own, as in a container: the kernel is this one, whose settings, devices and network it cannot change.
 */
export function underSystemd(commands: string): string {
  return START.replace("COMMANDS", () => commands);
}

const LIMIT_S = 60;

// What the commands write comes out of a FIFO, which ends when they do.
const START = `cat >/usr/local/sbin/commands <<'END'
#!/bin/sh
exec >/output 2>&1
set -eu
COMMANDS
END
chmod +x /usr/local/sbin/commands
cat >/etc/systemd/system/commands.service <<'END'
[Unit]
Wants=basic.target
After=basic.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/commands
END
mkfifo /output
# The hierarchy is the same wherever it is mounted. systemd gets a branch of it that ends with this shell.
mount -t cgroup2 irqtrace-cgroup /media
own=/media$(sed -n 's/^0:://p' /proc/self/cgroup)
branch=$own/irqtrace-systemd-$$
mkdir "$branch"
leave() {
  echo $$ >"$own/cgroup.procs"
  for _ in $(seq 100); do
    ! find "$branch" -depth -type d -exec rmdir {} + 2>/dev/null || break
    sleep 0.1
  done
}
trap leave EXIT
echo $$ >"$branch/cgroup.procs"
unshare --mount --cgroup --uts --ipc --net --pid --fork --kill-child sh -euc '
mount -t proc -o nosuid,nodev,noexec proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
umount --lazy /sys/fs/cgroup
mount -o remount,bind,ro /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 irqtrace-run /run
mkdir /run/dev
for device in null zero full random urandom tty; do
  touch "/run/dev/$device"
  mount --bind "/dev/$device" "/run/dev/$device"
done
mount --rbind /run/dev /dev
mkdir /dev/shm /dev/pts
mount -t devpts devpts /dev/pts
ln -s pts/ptmx /dev/ptmx
exec env -i container=irqtrace PATH=$PATH /lib/systemd/systemd --system --unit=commands.service --log-target=null
' >/dev/null 2>&1 &
timeout ${LIMIT_S} cat /output
kill -KILL $!`;
