import { codec } from "@irqtrace/decode";
import fc from "fast-check";

const chars = codec({ kind: "chars", size: 64 });

/** The kernel's bytes, decoded as the tracers decode them: often no UTF-8. */
const kernelName = fc
  .uint8Array({ minLength: 64, maxLength: 64 })
  .map((bytes) => chars.decode(new DataView(bytes.buffer)));

/** What acts on a terminal, ends a line, or is syntax of a format. */
const awkward = fc.string({
  unit: fc.constantFrom(
    ...["a", '"', "\\", "\n", "\r", "\0", "\u001b", "\u0085", "\u2028", "\u2029", "\u202e", "\u200b"],
    ...["\ud800", "\udc00", "\ufeff", "😀", ",", "{", "é"],
  ),
});

/** What a driver or a task can call itself, and texts that no bytes give. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  awkward,
  kernelName,
  fc.string({ unit: "binary" }),
  fc.constant("virtio1-req.0"),
);

/** One line without any sign that acts on a terminal. */
export const NO_CONTROL: RegExp = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+\n$/u;
