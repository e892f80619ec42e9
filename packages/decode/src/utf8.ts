// TextDecoder and TextEncoder are no part of ECMAScript, and this package uses nothing else.

const REPLACEMENT = "\ufffd";
const REPLACEMENT_CODE = 0xfffd;

interface LeadByte {
  /** Continuation bytes that follow. */
  readonly more: number;
  /** Payload bits of the lead byte. */
  readonly payload: number;
  /** The first continuation byte lies between these: narrower where long forms and surrogates are shut out. */
  readonly lowest: number;
  readonly highest: number;
}

/** The string in `size` bytes from `at` on, up to the first NUL; what is not UTF-8 becomes U+FFFD. */
export function readUtf8(view: DataView, at: number, size: number): string {
  let text = "";
  let index = 0;
  while (index < size) {
    const byte = view.getUint8(at + index);
    if (byte === 0) break;
    index += 1;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      continue;
    }
    const lead = leadByte(byte);
    if (lead === null) {
      text += REPLACEMENT;
      continue;
    }
    let { payload, lowest, highest } = lead;
    let missing = lead.more;
    for (; missing > 0 && index < size; missing -= 1) {
      const next = view.getUint8(at + index);
      if (next < lowest || next > highest) break;
      payload = (payload << 6) | (next & 0x3f);
      lowest = 0x80;
      highest = 0xbf;
      index += 1;
    }
    text += missing === 0 ? String.fromCodePoint(payload) : REPLACEMENT;
  }
  return text;
}

function leadByte(byte: number): LeadByte | null {
  if (byte >= 0xc2 && byte <= 0xdf) return { more: 1, payload: byte & 0x1f, lowest: 0x80, highest: 0xbf };
  if (byte >= 0xe0 && byte <= 0xef) {
    return { more: 2, payload: byte & 0x0f, lowest: byte === 0xe0 ? 0xa0 : 0x80, highest: byte === 0xed ? 0x9f : 0xbf };
  }
  if (byte >= 0xf0 && byte <= 0xf4) {
    return { more: 3, payload: byte & 0x07, lowest: byte === 0xf0 ? 0x90 : 0x80, highest: byte === 0xf4 ? 0x8f : 0xbf };
  }
  return null;
}

/** The UTF-8 bytes of a string; a lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? REPLACEMENT_CODE;
    pushUtf8(bytes, code >= 0xd800 && code <= 0xdfff ? REPLACEMENT_CODE : code);
  }
  return bytes;
}

function pushUtf8(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  else {
    bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
}
