import fc from "fast-check";
import { BtfBuilder, type BuiltMember, buildElf } from "../../packages/loader/src/testing/btf-builder.ts";

/** An object whose types are drawn at random: well-formed, and often without sense. */
export interface AnyObject {
  readonly types: readonly AnyType[];
  /** Of each section, the types of its variables. */
  readonly variables: Readonly<Record<string, readonly number[]>>;
  readonly names: readonly string[];
  readonly bssBytes: number;
}

interface AnyMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize: number;
}

type AnyType =
  | { readonly kind: "int"; readonly bytes: number; readonly encoding: number; readonly bits: number }
  | { readonly kind: "pointer" | "typedef" | "const" | "tag"; readonly type: number }
  | { readonly kind: "array"; readonly type: number; readonly length: number }
  | {
      readonly kind: "struct" | "union";
      readonly bytes: number;
      readonly members: readonly AnyMember[];
      readonly hasBits: boolean;
    }
  | { readonly kind: "enum"; readonly bytes: number; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: "float"; readonly bytes: number };

const TYPES = 12;
const name = fc.constantFrom(
  "",
  "a",
  "b",
  "key",
  "value",
  "type",
  "max_entries",
  "__proto__",
  "constructor",
  "char",
  'it\'s "odd"',
);
const bytes = fc.oneof(
  { arbitrary: fc.constantFrom(1, 2, 4, 8), weight: 8 },
  { arbitrary: fc.nat({ max: 64 }), weight: 3 },
  { arbitrary: fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1), weight: 1 },
);

/** Numbers below the type's own refer back, as compilers mostly do; 0 is void, and some are beyond the last. */
const type = fc.nat({ max: TYPES + 4 });
const member: fc.Arbitrary<AnyMember> = fc.record({
  name,
  type,
  bitOffset: fc.oneof(
    fc.nat({ max: 7 }).map((word) => word * 64),
    fc.nat({ max: 300 }),
  ),
  bitSize: fc.oneof(fc.constant(0), fc.nat({ max: 64 })),
});
const ALIASES = { typedef: 8, const: 10, tag: 18 } as const;

const anyType: fc.Arbitrary<AnyType> = fc.oneof(
  fc.record({ kind: fc.constant("int"), bytes, encoding: fc.nat({ max: 7 }), bits: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constantFrom("pointer", "typedef", "const", "tag"), type }),
  fc.record({ kind: fc.constant("array"), type, length: bytes }),
  {
    arbitrary: fc.record({
      kind: fc.constantFrom("struct", "union"),
      bytes: fc.oneof(fc.constant(64), bytes),
      members: fc.array(member, { maxLength: 6 }),
      hasBits: fc.boolean(),
    }),
    weight: 4,
  },
  fc.record({ kind: fc.constant("enum"), bytes, values: fc.dictionary(name, fc.nat(), { maxKeys: 3 }) }),
  fc.record({ kind: fc.constant("float"), bytes }),
);

/** Which types the variables of a section have. */
const variables = fc.array(fc.nat({ max: TYPES - 1 }), { maxLength: 2 });

/** Variables of some of the types, in every section that is looked at. */
export const anyObject: fc.Arbitrary<AnyObject> = fc.record({
  types: fc.array(anyType, { minLength: 1, maxLength: TYPES }),
  variables: fc.record({ ".maps": variables, ".data": variables, ".bss": variables }),
  names: fc.uniqueArray(fc.constantFrom("__proto__", "a", "b", "c", "d", "toString", "f.g"), {
    minLength: 6,
    maxLength: 6,
  }),
  bssBytes: fc.constantFrom(8, 4096, 2 ** 33, 2 ** 60),
});

/** The bytes of such an object. */
export function buildObject({ types, variables, names, bssBytes }: AnyObject): Uint8Array {
  const builder = new BtfBuilder();
  for (const [index, each] of types.entries()) add(builder, backward(each, index));
  let used = 0;
  for (const [section, ids] of Object.entries(variables)) {
    const made = ids.map((id) => builder.variable(names[used++] ?? "", (id % types.length) + 1));
    builder.dataSection(section, made);
  }
  return buildElf([
    { name: ".BTF", bytes: builder.bytes() },
    { name: ".maps", bytes: new Uint8Array(8) },
    { name: ".data", bytes: new Uint8Array(4096) },
    { name: ".bss", type: 8, size: bssBytes },
  ]);
}

/** Most references made to types that came before; the others stay as they were drawn. */
function backward<Type extends AnyType>(type: Type, own: number): Type {
  const earlier = (id: number): number => (id % 5 === 4 || own === 0 ? id : (id % own) + 1);
  if ("members" in type) {
    return { ...type, members: type.members.map((each) => ({ ...each, type: earlier(each.type) })) };
  }
  return "type" in type ? { ...type, type: earlier(type.type) } : type;
}

function add(builder: BtfBuilder, type: AnyType): void {
  switch (type.kind) {
    case "int":
      return void builder.int("number", type.bytes, type.encoding, type.bits);
    case "pointer":
      return void builder.pointer(type.type);
    case "typedef":
    case "const":
    case "tag":
      return void builder.alias(ALIASES[type.kind], "", type.type);
    case "array":
      return void builder.array(type.type, type.length);
    case "struct":
    case "union":
      return void builder.struct(
        "",
        type.bytes,
        type.members.map((each) => built(each, type.hasBits)),
        type.kind === "struct" ? 4 : 5,
      );
    case "enum":
      return void builder.enumeration("", type.bytes, type.values);
    case "float":
      return void builder.float("", type.bytes);
  }
}

function built({ bitSize, ...member }: AnyMember, hasBits: boolean): BuiltMember {
  return hasBits ? { ...member, bitSize } : member;
}
