const PLAIN = /^[A-Za-z0-9_/.,:=@%+-]+$/;
const CONTROL = /\p{Cc}/u;

/** One argument as a POSIX shell would read it back. */
export function quoteArgument(argument: string): string {
  if (PLAIN.test(argument)) return argument;
  if (CONTROL.test(argument)) return `$'${argument.replace(/[\\'\p{Cc}]/gu, escapeForDollarQuote)}'`;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

function escapeForDollarQuote(character: string): string {
  if (character === "\\" || character === "'") return `\\${character}`;
  // Octal of each byte: hexadecimal escapes have no agreed end in shells.
  return Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
