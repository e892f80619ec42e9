import { existsSync, readlinkSync } from "node:fs";
import type { MapLayout } from "@irqtrace/decode";
import { LayoutMismatchError } from "@irqtrace/decode";
import type { BpfMap } from "./bpf-map.ts";
import { checkNumber } from "./check.ts";
import { EINVAL } from "./errno-table.ts";
import { BpfError } from "./errors.ts";
import { KernelMap } from "./kernel-map.ts";
import { kernelMapInfo } from "./kernel-map-info.ts";
import { nativeCalls } from "./native-calls.ts";
import { Owner } from "./owner.ts";
import { openPinnedDescriptor } from "./pin.ts";

/**
 * A map that was opened by its path: it ends with this handle, not with an object.
 *
 * @example
 * ```ts
 * import type { PinnedMap } from "@irqtrace/loader";
 *
 * function firstOf(counts: PinnedMap): unknown {
 *   const value = counts.get(0);
 *   counts[Symbol.dispose]();
 *   return value;
 * }
 * console.log(typeof firstOf); // function
 * ```
 */
export type PinnedMap<M extends MapLayout = MapLayout> = BpfMap<M> & Disposable;

/**
 * Opens a pinned map. With a layout (that of the map in its object's schema) keys and values are typed; without one they
 * are bytes, but for the indices of arrays.
 *
 * @throws LayoutMismatchError if the layout's kind or sizes are not the map's
 * @throws {@link BpfError} if nothing is pinned there, or no map but a program or a link
 *
 * @example
 * ```ts
 * // kernel
 * import { BpfError, openPinnedMap } from "@irqtrace/loader";
 *
 * try {
 *   using counts = openPinnedMap("/sys/fs/bpf/counts", { kind: "array", maxEntries: 4, key: "u32", value: "u53" });
 *   console.log(counts.get(0));
 * } catch (error) {
 *   if (error instanceof BpfError) console.log(error.message);
 * }
 * ```
 */
export function openPinnedMap<const M extends MapLayout>(path: string, layout: M): PinnedMap<M>;
export function openPinnedMap(path: string): PinnedMap;
export function openPinnedMap(path: string, layout?: MapLayout): PinnedMap {
  const fd = openPinnedDescriptor(path);
  const owner = new Owner(path);
  owner.own({ [Symbol.dispose]: () => closeDescriptor(fd, path) });
  try {
    assertMap(fd, path);
    const info = kernelMapInfo(fd, path);
    if (layout !== undefined && layout.kind !== info.kind) {
      throw new LayoutMismatchError(
        `Cannot use the layout of "${path}": it is of a ${layout.kind}, the map is a ${info.kind}.`,
      );
    }
    const { key, value } = layout ?? { key: null, value: null };
    // The types of keys and values come from the layout, whose sizes were just checked, or are unknown.
    return new DetachedMap({ name: info.name, fd, owner, key, value }) as unknown as PinnedMap;
  } catch (error) {
    owner.close();
    throw error;
  }
}

class DetachedMap extends KernelMap implements Disposable {
  [Symbol.dispose](): void {
    this.owner.close();
  }
}

// The kernel describes programs and links by the same call, in structs whose numbers would pass for a map's.
function assertMap(fd: number, path: string): void {
  const link = `/proc/self/fd/${fd}`;
  if (!existsSync(link)) return; // without /proc nothing tells
  const opened = readlinkSync(link).replace("anon_inode:", "").replace("bpf_", "bpf-");
  if (opened === "bpf-map") return;
  const kind = opened === "bpf-prog" ? "a program" : opened === "bpf-link" ? "a link" : `"${opened}"`;
  throw new BpfError({ operation: "open the pinned", what: path, errno: EINVAL, why: `it is ${kind}, not a map` });
}

function closeDescriptor(fd: number, path: string): void {
  checkNumber(
    nativeCalls().run(({ close }) => close(fd)),
    { operation: "close", what: path },
  );
}
