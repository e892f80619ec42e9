import { expect, test } from "bun:test";
import { isPerCpuKind, MAP_KINDS, mapKind } from "./map-kind.ts";

test("kinds stand at the kernel's numbers", () => {
  expect(mapKind(0)).toBe("unspec");
  expect(mapKind(6)).toBe("percpu_array");
  expect(mapKind(8)).toBe("cgroup_array");
  expect(mapKind(27)).toBe("ringbuf");
  expect(mapKind(33)).toBe("arena");
});

test("a number that the list does not know is another kind", () => {
  expect(mapKind(MAP_KINDS.length)).toBe("other");
  expect(mapKind(-1)).toBe("other");
});

test("exactly the kinds with percpu in their name hold one value per CPU", () => {
  for (const kind of MAP_KINDS) expect(isPerCpuKind(kind)).toBe(kind.includes("percpu"));
  expect(isPerCpuKind("other")).toBe(false);
});
