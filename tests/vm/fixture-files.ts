import { buildFixture } from "../kernel/loader-fixtures.ts";
import type { CpioEntry } from "./cpio.ts";
import type { GuestKernel } from "./kernels.ts";

const FIXTURES = ["loader-maps", "loader-refused", "loader-absent", "loader-pinned", "fake-actions"] as const;

/** The kernel tests' own BPF objects: there is no compiler in a guest. */
export function fixtureFiles({ id }: GuestKernel): readonly CpioEntry[] {
  const macros = id === "5.10" ? ["WITHOUT_FETCHING_ATOMICS"] : [];
  return FIXTURES.map((name) => ({
    path: `/guest/fixtures/${name}.bpf.o`,
    kind: "file",
    content: buildFixture(name, macros),
  }));
}
