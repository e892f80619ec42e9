type Token = { readonly kind: "run" } | { readonly kind: "one"; readonly accepts: (character: string) => boolean };

interface Cursor {
  readonly characters: readonly string[];
  at: number;
}

/**
 * A test for names against a shell-style pattern: `*` any run, `?` any one character, `[a-z]` and `[!a-z]` one of a set,
 * `\` before a sign takes it as it is. The whole name must match, upper and lower case differ, an unclosed `[` is itself.
 * Device names hold such signs ("ahci[0000:00:1f.2]"), so a pattern also matches the name that is equal to it.
 *
 * The test takes at most (pattern length x name length) steps, whatever the pattern.
 *
 * @throws {RangeError} for a reversed range such as `[z-a]`
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const tokens = tokenize(pattern);
  return (name) => name === pattern || matches(tokens, Array.from(name));
}

function tokenize(pattern: string): readonly Token[] {
  const cursor: Cursor = { characters: Array.from(pattern), at: 0 };
  const tokens: Token[] = [];
  while (cursor.at < cursor.characters.length) tokens.push(nextToken(cursor));
  return tokens;
}

function nextToken(cursor: Cursor): Token {
  const character = take(cursor);
  if (character === "*") return { kind: "run" };
  if (character === "?") return { kind: "one", accepts: () => true };
  if (character === "[") return nextSet(cursor) ?? literal(character);
  if (character === "\\" && cursor.at < cursor.characters.length) return literal(take(cursor));
  return literal(character);
}

function literal(character: string): Token {
  return { kind: "one", accepts: (other) => other === character };
}

/** The set after a `[`; undefined, with the cursor where it was, when nothing closes it. */
function nextSet(cursor: Cursor): Token | undefined {
  const start = cursor.at;
  const negated = peek(cursor) === "!" || peek(cursor) === "^";
  if (negated) cursor.at++;
  const ranges: (readonly [low: string, high: string])[] = [];
  // A `]` that comes first is a member.
  for (let first = true; first || peek(cursor) !== "]"; first = false) {
    if (cursor.at >= cursor.characters.length) {
      cursor.at = start;
      return undefined;
    }
    ranges.push(nextRange(cursor));
  }
  cursor.at++;
  return {
    kind: "one",
    accepts: (character) =>
      ranges.some(([low, high]) => compare(low, character) <= 0 && compare(character, high) <= 0) !== negated,
  };
}

function nextRange(cursor: Cursor): readonly [low: string, high: string] {
  const low = takeMember(cursor);
  const end = cursor.characters[cursor.at + 1];
  if (peek(cursor) !== "-" || end === undefined || end === "]") return [low, low];
  cursor.at++;
  const high = takeMember(cursor);
  if (compare(low, high) > 0) throw new RangeError(`the range ${low}-${high} is reversed`);
  return [low, high];
}

function takeMember(cursor: Cursor): string {
  const character = take(cursor);
  return character === "\\" && cursor.at < cursor.characters.length ? take(cursor) : character;
}

function peek(cursor: Cursor): string | undefined {
  return cursor.characters[cursor.at];
}

function take(cursor: Cursor): string {
  return cursor.characters[cursor.at++] ?? "";
}

function compare(left: string, right: string): number {
  return (left.codePointAt(0) ?? 0) - (right.codePointAt(0) ?? 0);
}

/** Greedy from the left; on a mismatch only the last `*` takes one character more, which suffices for globs. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let character = 0;
  let lastRun = -1;
  let runEnd = 0;
  while (character < name.length) {
    const current = tokens[token];
    if (current?.kind === "run") {
      lastRun = token++;
      runEnd = character;
    } else if (current?.accepts(name[character] ?? "")) {
      token++;
      character++;
    } else if (lastRun >= 0) {
      token = lastRun + 1;
      character = ++runEnd;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest.kind === "run");
}
