import { areMissing, type Check, fail, ok, type Patient, unknown, warn } from "./check.ts";
import { isBefore, type KernelVersion } from "./kernel-version.ts";

const CHARGES_NO_MEMLOCK: KernelVersion = [5, 11];
const BYTES_PER_KIB = 1024;

/** Checks whose failure means that another user, or another way to start it, could trace. */
export const PRIVILEGE_IDS: readonly string[] = ["capabilities", "user-namespace", "bpf-call"];

/** What this process may do. */
export function privilegeChecks(patient: Patient): readonly Check[] {
  return [
    capabilities(patient),
    optionalCapability(
      patient,
      "CAP_SYSLOG",
      "shows kernel addresses, by which stacks get names and CPU modes are told",
    ),
    optionalCapability(patient, "CAP_SYS_ADMIN", "measures what the programs cost (--cost)"),
    userNamespace(patient),
    bpfCall(patient),
    lockedMemory(patient),
  ];
}

function capabilities({ linux, userId, program }: Patient): Check {
  const [id, title] = ["capabilities", "capabilities"] as const;
  const missing = linux.missingCapabilities;
  if (missing.length > 0) {
    const remedy =
      userId === 0
        ? `This is root without them, as in a container: grant them there (docker run ${missing.map((name) => `--cap-add ${name.replace(/^CAP_/, "")}`).join(" ")}).`
        : `Run as root: sudo ${program} doctor. A systemd service gets them by AmbientCapabilities=${missing.join(" ")}.`;
    return fail(id, title, areMissing(missing), remedy);
  }
  const held = linux.host.capabilities ?? [];
  const found = ["CAP_BPF", "CAP_PERFMON", "CAP_SYS_ADMIN"].filter((name) => held.includes(name));
  return ok(id, title, found.join(", ") || "none is missing");
}

function optionalCapability({ linux }: Patient, name: string, use: string): Check {
  const id = name.toLowerCase().replaceAll("_", "-");
  const held = linux.host.capabilities;
  if (held === null) return unknown(id, name, "not to be seen");
  return held.includes(name) ? ok(id, name, "held") : warn(id, name, `missing; optional: ${use}`, null);
}

function userNamespace({ linux }: Patient): Check {
  const [id, title] = ["user-namespace", "user namespace"] as const;
  const isInitial = linux.host.isInitialUserNamespace;
  if (isInitial === null) return unknown(id, title, "not to be seen");
  if (isInitial) return ok(id, title, "the machine's own");
  return fail(
    id,
    title,
    "not the machine's own: capabilities in it do not count for BPF",
    "Run outside of it: not in a rootless container, not below unshare --user.",
  );
}

/** The system call itself: a seccomp filter may stand before it. */
function bpfCall({ linux }: Patient): Check {
  const [id, title] = ["bpf-call", "system call bpf"] as const;
  const { bpfCall: answer } = linux;
  const filter = linux.host.hasSeccompFilter;
  const filterText = filter === null ? "" : filter ? "; the seccomp filter lets it pass" : "; no seccomp filter";
  if (answer === null)
    return unknown(id, title, `not tried: it takes libbpf${filter ? "; there is a seccomp filter" : ""}`);
  if (answer === "answers") return ok(id, title, `answers${filterText}`);
  if (answer !== "ENOSYS" && linux.missingCapabilities.length > 0) {
    return unknown(id, title, `${answer}, as without the capabilities${filter ? ", or from the seccomp filter" : ""}`);
  }
  if (filter) {
    const remedy = "Allow bpf in the filter (docker run --security-opt seccomp=PROFILE), or run outside of it.";
    return fail(id, title, `${answer}: the seccomp filter refuses it`, remedy);
  }
  return answer === "ENOSYS"
    ? fail(id, title, "ENOSYS: this kernel was built without it", "Boot a kernel built with CONFIG_BPF_SYSCALL=y.")
    : fail(
        id,
        title,
        `${answer}: a security module refuses it`,
        "Look for the refusal in the audit log and allow bpf.",
      );
}

function lockedMemory({ kernel, linux }: Patient): Check {
  const [id, title] = ["memlock", "RLIMIT_MEMLOCK"] as const;
  const bytes = linux.host.lockedMemoryBytes;
  const isCharged = isBefore(kernel, CHARGES_NO_MEMLOCK);
  if (isCharged === false) return ok(id, title, "of no consequence since 5.11");
  if (isCharged === null || bytes === null) return unknown(id, title, "not to be seen");
  if (bytes === Number.POSITIVE_INFINITY) return ok(id, title, "unlimited");
  const found = `${Math.floor(bytes / BYTES_PER_KIB)} KiB, which must hold all BPF memory on this kernel`;
  if (linux.host.capabilities?.includes("CAP_SYS_RESOURCE")) return ok(id, title, `${found}; libbpf raises it`);
  return warn(id, title, found, "Raise it: ulimit -l unlimited, or LimitMEMLOCK=infinity in a systemd service.");
}
