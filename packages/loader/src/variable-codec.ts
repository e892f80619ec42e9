import { type Codec, codec, type FieldLayout, layoutSize } from "@irqtrace/decode";

/** Encodes and decodes one variable, with its name in the messages of what does not fit. */
export interface VariableCodec {
  readonly size: number;
  decode(view: DataView, byteOffset: number): unknown;
  encode(value: unknown, view: DataView, byteOffset: number): void;
}

/** The codec of a variable. */
export function variableCodec(section: string, field: FieldLayout): VariableCodec {
  const { name, type } = field;
  const size = layoutSize(type);
  const inner: Codec<unknown> = codec(type);
  // Codecs name the fields of structs, so that the variable is one for as long as it is encoded.
  const named: Codec<unknown> = codec({ kind: "struct", name: section, size, fields: [{ name, offset: 0, type }] });
  return {
    size,
    decode: (view, byteOffset) => inner.decode(view, byteOffset),
    encode: (value, view, byteOffset) => named.encode({ [name]: value }, view, byteOffset),
  };
}
