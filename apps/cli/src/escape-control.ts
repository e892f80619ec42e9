// Control and format characters (escape sequences, bidirectional overrides, zero-width marks), line separators, and
// surrogates without their half: whatever could move a cursor or show a text as another.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNSAFE_OR_BACKSLASH = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Makes a text that others chose safe for a terminal, on one line; a backslash is doubled, so that no two texts look alike. */
export function escapeControl(text: string): string {
  return text.replace(UNSAFE_OR_BACKSLASH, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return SHORT[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
  });
}

/** The same for JSON text: JSON's own escapes, so that a parser gets the original back. */
export function escapeControlInJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, index) => `\\u${hex(character.charCodeAt(index), 4)}`).join(""),
  );
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
