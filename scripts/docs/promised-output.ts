/** What the calls of console.log printed, from the standard output of a process that has record-console.ts loaded. */
export function recordedCalls(stdout: string): readonly string[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith('"'))
    .map((line) => String(JSON.parse(line)));
}

/**
 * The first promise that was not kept, or null. A promise is the comment behind a `console.log(...)` line: what it prints,
 * in order, and perhaps an explanation ("750, in ns"). "for example ..." and "such as ..."
 * promise nothing.
 */
export function brokenPromise(code: string, printed: readonly string[]): string | null {
  let next = 0;
  for (const [, promise = ""] of code.matchAll(/^\s*console\.log\(.*\);? \/\/ (?!for example|such as)(.+)$/gm)) {
    const index = printed.findIndex((text, position) => position >= next && keeps(text, promise));
    if (index < 0) return promise;
    next = index + 1;
  }
  return null;
}

function keeps(printed: string, promise: string): boolean {
  const [actual, promised] = [onOneLine(printed), onOneLine(promise)];
  return (
    promised === actual ||
    promised === JSON.stringify(actual) ||
    (promised.startsWith(actual) && /^[^\w.]/.test(promised.slice(actual.length)))
  );
}

/** Line breaks, spaces and the last comma of a value depend on how wide it is. */
function onOneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/([[{]) /g, "$1")
    .replace(/,? ([\]}])/g, "$1")
    .trim();
}
