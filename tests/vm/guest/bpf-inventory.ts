import { dlopen, ptr } from "bun:ffi";
import { libbpf } from "@irqtrace/loader";

const nextId = { args: ["u32", "ptr"], returns: "i32" } as const;
const ENOENT = 2;

const { symbols } = dlopen(libbpf().path, {
  bpf_prog_get_next_id: nextId,
  bpf_map_get_next_id: nextId,
  bpf_link_get_next_id: nextId,
});

const KINDS = {
  program: symbols.bpf_prog_get_next_id,
  map: symbols.bpf_map_get_next_id,
  link: symbols.bpf_link_get_next_id,
};

/** Every program, map and link that the kernel holds, as "program 12". */
export function bpfInventory(): readonly string[] {
  return Object.entries(KINDS).flatMap(([kind, next]) => idsFrom(next).map((id) => `${kind} ${id}`));
}

function idsFrom(next: (id: number, found: ReturnType<typeof ptr>) => number): readonly number[] {
  const ids: number[] = [];
  const found = new Uint32Array(new ArrayBuffer(4));
  for (let id = 0; ; id = found[0] ?? 0) {
    // SAFETY: the call writes one u32, and the buffer outlives it.
    const result = next(id, ptr(found));
    if (result === -ENOENT) return ids;
    if (result !== 0) throw new Error(`Cannot list the kernel's BPF objects: errno ${-result}.`);
    ids.push(found[0] ?? 0);
  }
}

/** The kernel frees what was closed after a grace period. Throws if something is left that was not there before. */
export async function expectNothingLeft(before: readonly string[], patienceMs = 30_000): Promise<void> {
  const known = new Set(before);
  let left: readonly string[] = [];
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await Bun.sleep(50)) {
    left = bpfInventory().filter((object) => !known.has(object));
    if (left.length === 0) return;
  }
  throw new Error(`The kernel still holds ${left.join(", ")}.`);
}
