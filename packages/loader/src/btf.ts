import { malformed, stringIn } from "./elf.ts";

// Kinds of include/uapi/linux/btf.h.
export const BTF_INT = 1;
export const BTF_PTR = 2;
export const BTF_ARRAY = 3;
export const BTF_STRUCT = 4;
export const BTF_UNION = 5;
export const BTF_ENUM = 6;
export const BTF_TYPEDEF = 8;
export const BTF_VOLATILE = 9;
export const BTF_CONST = 10;
export const BTF_RESTRICT = 11;
export const BTF_VAR = 14;
export const BTF_DATASEC = 15;
export const BTF_FLOAT = 16;
export const BTF_TYPE_TAG = 18;
export const BTF_ENUM64 = 19;

/** Bytes that follow a type's 12 bytes: fixed, and per member. By kind; kinds beyond the table are unknown. */
const TRAILERS: readonly (readonly [fixed: number, perMember: number])[] = [
  [0, 0], // void, never stored
  [4, 0], // int
  [0, 0], // ptr
  [12, 0], // array
  [0, 12], // struct
  [0, 12], // union
  [0, 8], // enum
  [0, 0], // fwd
  [0, 0], // typedef
  [0, 0], // volatile
  [0, 0], // const
  [0, 0], // restrict
  [0, 0], // func
  [0, 8], // func_proto
  [4, 0], // var
  [0, 12], // datasec
  [0, 0], // float
  [4, 0], // decl_tag
  [0, 0], // type_tag
  [0, 12], // enum64
];

const TYPE_BYTES = 12;
const HEADER_BYTES = 24;
const MAGIC = 0xeb9f;

/** One type; `sizeOrType` is its size in bytes or the type that it refers to, as its kind has it. */
export interface BtfType {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly sizeOrType: number;
  readonly memberCount: number;
  readonly hasKindFlag: boolean;
  /** Where its own data begin in the type section. */
  readonly dataOffset: number;
}

/** A member of a struct or union; `bitSize` is 0 unless it is a bit-field. */
export interface BtfMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize: number;
}

/** A variable of a DATASEC. `offset` and `size` are what the compiler left, mostly 0: the linker would fill them in. */
export interface BtfVariable {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

/** The types of an object's .BTF section (Documentation/bpf/btf.rst), decoded as they are asked for. */
export class Btf {
  readonly typeCount: number;
  readonly #what: string;
  readonly #types: DataView;
  readonly #strings: Uint8Array;
  readonly #offsets: number[];

  constructor(bytes: Uint8Array, what: string) {
    this.#what = what;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || view.getUint16(0, true) !== MAGIC)
      throw malformed(what, "its BTF has no header");
    const headerBytes = view.getUint32(4, true);
    const section = (offsetAt: number): Uint8Array => {
      const start = headerBytes + view.getUint32(offsetAt, true);
      const end = start + view.getUint32(offsetAt + 4, true);
      if (end > bytes.length) throw malformed(what, "its BTF is cut off");
      return bytes.subarray(start, end);
    };
    const types = section(8);
    this.#types = new DataView(types.buffer, types.byteOffset, types.byteLength);
    this.#strings = section(16);
    this.#offsets = this.#index();
    this.typeCount = this.#offsets.length;
  }

  type(id: number): BtfType {
    const offset = this.#offsets[id];
    if (offset === undefined || id === 0) throw malformed(this.#what, `its BTF has no type ${id}`);
    const info = this.#types.getUint32(offset + 4, true);
    return {
      id,
      kind: (info >>> 24) & 0x1f,
      name: this.#name(this.#types.getUint32(offset, true)),
      sizeOrType: this.#types.getUint32(offset + 8, true),
      memberCount: info & 0xffff,
      hasKindFlag: info >>> 31 === 1,
      dataOffset: offset + TYPE_BYTES,
    };
  }

  /** The type behind typedefs, const, volatile, restrict and tags. */
  resolve(id: number): BtfType {
    let type = this.type(id);
    for (let step = 0; isAlias(type.kind); step++) {
      if (step > this.typeCount) throw malformed(this.#what, "its BTF refers to itself in a circle");
      type = this.type(type.sizeOrType);
    }
    return type;
  }

  members(type: BtfType): BtfMember[] {
    return Array.from({ length: type.memberCount }, (_, index) => {
      const at = type.dataOffset + index * 12;
      const position = this.#types.getUint32(at + 8, true);
      return {
        name: this.#name(this.#types.getUint32(at, true)),
        type: this.#types.getUint32(at + 4, true),
        bitOffset: type.hasKindFlag ? position & 0xffffff : position,
        bitSize: type.hasKindFlag ? position >>> 24 : this.#oldBitSize(this.#types.getUint32(at + 4, true)),
      };
    });
  }

  array(type: BtfType): { readonly element: number; readonly length: number } {
    return {
      element: this.#types.getUint32(type.dataOffset, true),
      length: this.#types.getUint32(type.dataOffset + 8, true),
    };
  }

  /** Encoding flags of an integer: 1 signed, 2 char, 4 bool. */
  integerEncoding(type: BtfType): number {
    return (this.#types.getUint32(type.dataOffset, true) >>> 24) & 0xf;
  }

  enumValues(type: BtfType): readonly (readonly [name: string, value: bigint])[] {
    const wide = type.kind === BTF_ENUM64;
    return Array.from({ length: type.memberCount }, (_, index) => {
      const at = type.dataOffset + index * (wide ? 12 : 8);
      const low = BigInt(this.#types.getUint32(at + 4, true));
      const high = wide ? BigInt(this.#types.getUint32(at + 8, true)) : 0n;
      const bits = wide ? 64 : 32;
      const raw = (high << 32n) | low;
      return [this.#name(this.#types.getUint32(at, true)), type.hasKindFlag ? BigInt.asIntN(bits, raw) : raw] as const;
    });
  }

  variables(type: BtfType): BtfVariable[] {
    return Array.from({ length: type.memberCount }, (_, index) => {
      const at = type.dataOffset + index * 12;
      const variable = this.type(this.#types.getUint32(at, true));
      return {
        name: variable.name,
        type: variable.sizeOrType,
        offset: this.#types.getUint32(at + 4, true),
        size: this.#types.getUint32(at + 8, true),
      };
    });
  }

  /** The DATASECs: the sections that hold variables. */
  *dataSections(): Generator<BtfType> {
    for (let id = 1; id < this.typeCount; id++) {
      const offset = this.#offsets[id];
      if (offset !== undefined && this.#types.getUint8(offset + 7) % 0x20 === BTF_DATASEC) yield this.type(id);
    }
  }

  // Before the kind flag, a bit-field was an int with fewer bits than its size has.
  #oldBitSize(id: number): number {
    if (id === 0) return 0;
    const type = this.resolve(id);
    if (type.kind !== BTF_INT) return 0;
    const bits = this.#types.getUint32(type.dataOffset, true) & 0xff;
    return bits === type.sizeOrType * 8 ? 0 : bits;
  }

  #index(): number[] {
    const end = this.#types.byteLength;
    const offsets = [0];
    let offset = 0;
    while (offset < end) {
      if (offset + TYPE_BYTES > end) throw malformed(this.#what, "its BTF ends within a type");
      offsets.push(offset);
      const info = this.#types.getUint32(offset + 4, true);
      const trailer = TRAILERS[(info >>> 24) & 0x1f];
      if (trailer === undefined)
        throw malformed(this.#what, `its BTF has a type of the unknown kind ${(info >>> 24) & 0x1f}`);
      offset += TYPE_BYTES + trailer[0] + trailer[1] * (info & 0xffff);
    }
    if (offset > end) throw malformed(this.#what, "its BTF ends within a type");
    return offsets;
  }

  #name(offset: number): string {
    return offset === 0 ? "" : stringIn(this.#strings, offset, this.#what);
  }
}

function isAlias(kind: number): boolean {
  return (
    kind === BTF_TYPEDEF ||
    kind === BTF_CONST ||
    kind === BTF_VOLATILE ||
    kind === BTF_RESTRICT ||
    kind === BTF_TYPE_TAG
  );
}
