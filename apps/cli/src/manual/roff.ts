// The man(7) macros of roff. Text goes on lines of its own, never into a macro's arguments, where quotes would count.

/** Signs that roff would set as typographic ones, in what is to be typed as it is. */
const LITERAL: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  '"': "\\(dq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** An option within a sentence: its dashes are to be typed. */
const OPTION = /(?<![\w-])--?[A-Za-z][\w-]*/g;

/** What is to be typed as it is. */
export function literal(text: string): string {
  return text.replace(/[\\\-'"`^~]/g, (sign) => LITERAL[sign] ?? sign);
}

/** A sentence; what stands between backticks is set bold and literal. */
export function sentence(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? bold(part) : prose(part)))
    .join("");
}

export function bold(text: string): string {
  return `\\fB${literal(text)}\\fP`;
}

export function italic(text: string): string {
  return `\\fI${literal(text)}\\fP`;
}

export function section(title: string): string {
  return `.SH ${title}`;
}

export function subsection(title: string): string {
  return `.SS\n${line(sentence(title))}`;
}

export function paragraph(text: string): string {
  return `.PP\n${line(sentence(text))}`;
}

/** A term and, indented, what it means; the term is roff already. */
export function entry(term: string, ...meanings: readonly string[]): string {
  const [first = "", ...others] = meanings.map((meaning) => line(sentence(meaning)));
  return [".TP", line(term), first, ...others.flatMap((other) => [".br", other])].join("\n");
}

/** A line that begins with a point or an apostrophe would be a request. */
export function line(roff: string): string {
  return /^[.']/.test(roff) ? `\\&${roff}` : roff;
}

function prose(text: string): string {
  return text.replaceAll("\\", "\\e").replace(OPTION, (option) => option.replaceAll("-", "\\-"));
}
