import { expect, test } from "bun:test";
import fc from "fast-check";
import { quoteArgument } from "./quote-argument.ts";

test("plain words need no quotes", () => {
  for (const word of ["./irqtrace", "hardirqs", "0.5", "--cpu=0-3,8", "user@host:/x"])
    expect(quoteArgument(word)).toBe(word);
});

test("words that a shell would change are quoted", () => {
  expect(quoteArgument("nvme*")).toBe("'nvme*'");
  expect(quoteArgument("")).toBe("''");
  expect(quoteArgument("it's")).toBe("'it'\\''s'");
  expect(quoteArgument("~")).toBe("'~'");
  expect(quoteArgument("a\nb'\u001b")).toBe("$'a\\012b\\'\\033'");
});

test("a shell reads back what was quoted", () => {
  const words = fc.sample(
    fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", "\\", "$", "`", '"', " ", "\n", "\u001b", "1"),
        fc.string({ unit: "grapheme" }),
      ),
      maxLength: 8,
    }),
    {
      numRuns: 200,
      seed: 7,
    },
  );
  const { stdout } = Bun.spawnSync(["bash", "-c", `printf '%s\\0' ${words.map(quoteArgument).join(" ")}`], {
    env: { LC_ALL: "C.UTF-8" },
  });
  expect(stdout.toString().split("\0").slice(0, -1)).toEqual(words.map((word) => word.replaceAll("\0", "")));
});
