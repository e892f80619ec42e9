import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileGlob } from "./compile-glob.ts";

describe("a glob", () => {
  const Cases: readonly (readonly [pattern: string, matching: readonly string[], other: readonly string[]])[] = [
    ["eth0", ["eth0"], ["eth", "eth00", "xeth0", "ETH0", ""]],
    ["eth*", ["eth", "eth0", "eth0-TxRx-1"], ["xeth0", "et"]],
    ["*req*", ["virtio1-req.0", "req"], ["virtio1-rq.0"]],
    ["*", ["", "anything"], []],
    ["**a", ["a", "bba", "aa"], ["", "ab"]],
    ["virtio?-req.0", ["virtio1-req.0"], ["virtio-req.0", "virtio10-req.0"]],
    ["?", ["a", "é", "😀"], ["", "ab"]],
    ["nvme[0-2]q[!0]", ["nvme0q1", "nvme2qx"], ["nvme3q1", "nvme0q0"]],
    ["[^a]", ["b"], ["a", ""]],
    ["[]a]", ["]", "a"], ["b", "[]a"]],
    ["[!]]", ["a"], ["]"]],
    ["[a-]", ["a", "-"], ["b"]],
    ["[--0]", ["-", ".", "0"], ["1"]],
    ["[\\]x]", ["]", "x"], ["\\"]],
    ["[a", ["[a"], ["a"]],
    ["[", ["["], [""]],
    ["x[!", ["x[!"], ["x"]],
    ["\\*", ["*", "\\*"], ["a", "\\"]],
    ["a\\", ["a\\"], ["a"]],
    ["ahci[0000:00:1f.2]", ["ahci[0000:00:1f.2]", "ahci0", "ahci:"], ["ahci[0000:00:1f.3]"]],
    ["ahci\\[0000:*\\]", ["ahci[0000:00:1f.2]"], ["ahci0"]],
    ["PCIe PME*", ["PCIe PME", "PCIe PMEs"], ["PCIePME"]],
    ["", [""], ["a"]],
  ];

  for (const [pattern, matching, other] of Cases) {
    test(`${JSON.stringify(pattern)} matches the whole of a name and nothing else`, () => {
      const matches = compileGlob(pattern);
      for (const name of matching) expect([name, matches(name)]).toEqual([name, true]);
      for (const name of other) expect([name, matches(name)]).toEqual([name, false]);
    });
  }

  test("of stars and literals agrees with the regular expression that says the same", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 12 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 }), (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(compileGlob(pattern)(name)).toBe(expression.test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test("always matches the name that it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "[", "]", "!", "\\", "*", "?"), maxLength: 12 }), (name) => {
        expect(compileGlob(name)(name)).toBe(true);
      }),
    );
  });

  test("with many stars takes no time even where it fails", () => {
    const matches = compileGlob(`${"a*".repeat(50)}b`);
    const start = performance.now();
    expect(matches("a".repeat(5_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });

  test("with a reversed range is refused", () => {
    expect(() => compileGlob("eth[9-0]")).toThrow(new RangeError("the range 9-0 is reversed"));
  });
});
