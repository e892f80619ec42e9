import { expect, test } from "bun:test";
import fc from "fast-check";
import { escapeControl, escapeControlInJson } from "./escape-control.ts";

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

test("ordinary names stay as they are", () => {
  for (const name of ["virtio1-req.0", "ahci[0000:00:1f.2]", "PCIe PME", "schön", "网卡0"])
    expect(escapeControl(name)).toBe(name);
});

test("what drives a terminal is shown as what it is", () => {
  expect(escapeControl("\u001b[2J\u0000\u007f\u009b1m\t\r\n\\\u202e\u200b\ud800")).toBe(
    "\\x1b[2J\\x00\\x7f\\x9b1m\\t\\r\\n\\\\\\u{202e}\\u{200b}\\u{d800}",
  );
});

test("no text is left with anything unsafe, and no two texts look alike", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom("\\", "x", "n", "1", "b", "u", "{", "}", "\u001b", "\n", "\u200b"),
      fc.string({ unit: "binary" }),
    ),
    maxLength: 6,
  });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(escapeControl(one)).not.toMatch(UNSAFE);
      expect(escapeControl(one) === escapeControl(other)).toBe(one === other);
    }),
    { numRuns: 5000 },
  );
});

test("JSON keeps its meaning and has nothing unsafe either", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const json = escapeControlInJson(JSON.stringify({ name }));
      expect(json).not.toMatch(UNSAFE);
      expect(JSON.parse(json)).toEqual({ name });
    }),
    { numRuns: 5000 },
  );
});
