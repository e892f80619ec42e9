import type { FieldLayout, IntegerScalar, Scalar, TypeLayout } from "@irqtrace/decode";
import { layoutSize } from "@irqtrace/decode";
import {
  BTF_ARRAY,
  BTF_ENUM,
  BTF_ENUM64,
  BTF_FLOAT,
  BTF_INT,
  BTF_PTR,
  BTF_STRUCT,
  BTF_TYPE_TAG,
  BTF_UNION,
  type Btf,
  type BtfMember,
  type BtfType,
} from "./btf.ts";
import { malformed } from "./elf.ts";

/** What 64-bit integers become: a `number` that throws beyond 2^53 - 1, or a `bigint`. */
export type U64Mode = "number" | "bigint";

const POINTER_BYTES = 8;
const ENCODING_SIGNED = 1;
const ENCODING_BOOL = 4;
// Deeper nesting than any compiler emits: a struct that contains itself.
const MAXIMUM_DEPTH = 64;
// Structs that hold each other several times double with each level: a short object could take for ever to lay out.
const MAXIMUM_MEMBERS = 1_000_000;

/** Turns types of an object's BTF into layouts. */
export class BtfLayouts {
  readonly #btf: Btf;
  readonly #u64: U64Mode;
  readonly #what: string;
  #members = 0;

  constructor(btf: Btf, u64: U64Mode, what: string) {
    this.#btf = btf;
    this.#u64 = u64;
    this.#what = what;
  }

  /** The layout of a type. `fallbackName` names it in messages if the type has no name of its own. */
  layout(id: number, fallbackName: string, depth = 0): TypeLayout {
    if (depth > MAXIMUM_DEPTH) throw malformed(this.#what, `its BTF nests type ${id} without end`);
    return this.#make(this.#btf.resolve(id), fallbackName, depth);
  }

  #make(type: BtfType, fallbackName: string, depth: number): TypeLayout {
    switch (type.kind) {
      case BTF_INT:
        return this.#integer(type);
      case BTF_PTR:
        return this.#pointer(type);
      case BTF_FLOAT:
        return type.sizeOrType === 4 ? "f32" : type.sizeOrType === 8 ? "f64" : { kind: "bytes", size: type.sizeOrType };
      case BTF_ENUM:
      case BTF_ENUM64:
        return this.#enumeration(type, fallbackName);
      case BTF_ARRAY:
        return this.#array(type, fallbackName, depth);
      case BTF_STRUCT:
        return this.#struct(type, fallbackName, depth);
      case BTF_UNION:
        return { kind: "bytes", size: type.sizeOrType };
      default:
        throw malformed(this.#what, `its BTF uses "${type.name || fallbackName}" as a value, which has no size`);
    }
  }

  #integer(type: BtfType): TypeLayout {
    const encoding = this.#btf.integerEncoding(type);
    if ((encoding & ENCODING_BOOL) !== 0 && type.sizeOrType === 1) return "bool";
    return (
      this.#scalar(type.sizeOrType, (encoding & ENCODING_SIGNED) !== 0) ?? { kind: "bytes", size: type.sizeOrType }
    );
  }

  #scalar(size: number, isSigned: boolean): Scalar | undefined {
    if (size === 8) return this.#u64 === "bigint" ? (isSigned ? "i64" : "u64") : isSigned ? "i53" : "u53";
    if (size === 4) return isSigned ? "i32" : "u32";
    if (size === 2) return isSigned ? "i16" : "u16";
    if (size === 1) return isSigned ? "i8" : "u8";
    return undefined;
  }

  // A tagged pointer in a map is managed by the kernel, which hides its value. Others are kernel or user addresses:
  // never a number, since they lie beyond 2^53.
  #pointer(type: BtfType): TypeLayout {
    const isTagged = type.sizeOrType !== 0 && this.#btf.type(type.sizeOrType).kind === BTF_TYPE_TAG;
    return isTagged ? { kind: "bytes", size: POINTER_BYTES } : "u64";
  }

  #enumeration(type: BtfType, fallbackName: string): TypeLayout {
    const values = this.#btf.enumValues(type);
    const size = type.sizeOrType;
    const isExact = values.every(([, value]) => BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)));
    const storage: Scalar | undefined =
      size === 8 ? (type.hasKindFlag ? "i53" : "u53") : this.#scalar(size, type.hasKindFlag);
    if (storage === undefined || !isExact) {
      return this.#scalar(size, type.hasKindFlag) ?? { kind: "bytes", size };
    }
    return {
      kind: "enum",
      name: type.name || fallbackName,
      of: storage as IntegerScalar,
      values: Object.fromEntries(values.map(([name, value]) => [name, Number(value)])),
    };
  }

  #array(type: BtfType, fallbackName: string, depth: number): TypeLayout {
    const { element, length } = this.#btf.array(type);
    const elementType = this.#btf.resolve(element);
    if (elementType.kind === BTF_INT && elementType.name === "char") return { kind: "chars", size: length };
    const of = this.layout(element, fallbackName, depth + 1);
    const stride = layoutSize(of);
    if (stride === 0 && length > 0) return { kind: "bytes", size: 0 };
    return { kind: "array", length, stride, of };
  }

  #struct(type: BtfType, fallbackName: string, depth: number): TypeLayout {
    const size = type.sizeOrType;
    const fields = this.#fields(this.#btf.members(type), 0, size, depth);
    // Structs without named members (bpf_timer, bpf_spin_lock's kin) are for the kernel's eyes.
    if (fields.length === 0) return { kind: "bytes", size };
    return { kind: "struct", name: type.name || fallbackName, size, fields };
  }

  #fields(members: readonly BtfMember[], baseBits: number, structBytes: number, depth: number): FieldLayout[] {
    if (depth > MAXIMUM_DEPTH) throw malformed(this.#what, "its BTF nests structs without end");
    this.#members += members.length;
    if (this.#members > MAXIMUM_MEMBERS) {
      throw malformed(this.#what, `its BTF has more members than ${MAXIMUM_MEMBERS}, each counted wherever it is used`);
    }
    return members.flatMap((member) => {
      const bitOffset = baseBits + member.bitOffset;
      if (bitOffset > structBytes * 8)
        throw malformed(this.#what, `its BTF places "${member.name}" outside of its struct`);
      if (member.name !== "") return [this.#field(member, bitOffset, depth)];
      if (member.bitSize > 0) return []; // padding
      const type = this.#btf.resolve(member.type);
      if (type.kind === BTF_STRUCT) return this.#fields(this.#btf.members(type), bitOffset, structBytes, depth + 1);
      const name = this.#unionName(type, bitOffset / 8);
      return [{ name, offset: bitOffset / 8, type: this.layout(member.type, name, depth + 1) }];
    });
  }

  #field(member: BtfMember, bitOffset: number, depth: number): FieldLayout {
    const type = this.layout(member.type, member.name, depth + 1);
    if (member.bitSize === 0) return { name: member.name, offset: bitOffset >> 3, type };
    // The field's own storage unit where it fits, as C reads it; else, in packed structs, the byte that it begins in.
    const unitBits = layoutSize(type) * 8;
    const unitStart = bitOffset - (bitOffset % unitBits);
    const start = bitOffset + member.bitSize <= unitStart + unitBits ? unitStart : bitOffset - (bitOffset % 8);
    return { name: member.name, offset: start / 8, type, bits: { offset: bitOffset - start, size: member.bitSize } };
  }

  // C reaches the members of an anonymous union directly; here the bytes get the names of all of them.
  #unionName(type: BtfType, offset: number): string {
    if (type.kind !== BTF_UNION) return `member_at_${offset}`;
    const names = this.#btf.members(type).map(({ name }) => name);
    return names.length === 0 || names.includes("") ? `union_at_${offset}` : names.join("_or_");
  }
}
