/** Places that exist on one machine alone, or in one network. */
export interface ForbiddenText {
  readonly pattern: RegExp;
  readonly what: string;
}

/** `checkout` is where this repository lies: its path must not be written into it. */
export function forbiddenTexts(checkout: string): readonly ForbiddenText[] {
  return [
    { pattern: new RegExp(`${escaped(checkout)}(?![\\w-])`), what: "the path of this checkout" },
    { pattern: /\bregistry\.(?!example\b)[a-z]+\.[a-z]+/, what: "the host of a package registry" },
    { pattern: /https?:\/\/(?![\w.-]*example\b)[\w.-]+\/(debian|dists)\b/, what: "the host of a Debian mirror" },
  ];
}

/** `file:line: what` for each forbidden text. */
export function textFaults(file: string, text: string, forbidden: readonly ForbiddenText[]): readonly string[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      forbidden.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${file}:${index + 1}: holds ${what}`),
    );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
