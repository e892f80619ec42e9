import { expect, test } from "bun:test";
import { dependenciesFirst } from "./stage-release.ts";

function packed(
  name: string,
  ...dependencies: string[]
): { manifest: { name: string; version: string; dependencies: Record<string, string> } } {
  const ranges = Object.fromEntries(dependencies.map((dependency) => [dependency, "1.0.0"]));
  return { manifest: { name, version: "1.0.0", dependencies: ranges } };
}

test("packages come after what they depend on, and otherwise by name", () => {
  const packages = [packed("a", "c"), packed("b", "a", "outside"), packed("d"), packed("c")];
  expect(dependenciesFirst(packages).map(({ manifest }) => manifest.name)).toEqual(["c", "a", "b", "d"]);
});

test("a circle is refused", () => {
  expect(() => dependenciesFirst([packed("a", "b"), packed("b", "a")])).toThrow("a depends on itself");
});
