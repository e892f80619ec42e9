import { openObject } from "@irqtrace/loader";
import { fixture } from "./loader-fixtures.ts";
import { runRawProgram } from "./run-raw-program.ts";

/** What a program reads of a struct irqaction. */
export interface FakeAction {
  readonly name: string;
  readonly devId?: bigint;
  /** Index of the next action on the line. */
  readonly next?: number;
  /** IRQF_ flags. */
  readonly flags?: number;
}

const LAYOUTS = {
  name: "fake-actions",
  programs: { locate: { section: "raw_tp/irq_handler_entry" } },
  maps: {
    fakes: {
      kind: "array",
      maxEntries: 8,
      key: "u32",
      value: {
        kind: "struct",
        name: "fake",
        size: 400,
        fields: [
          { name: "action_address", offset: 0, type: "u64" },
          { name: "name_address", offset: 8, type: "u64" },
          { name: "action", offset: 16, type: { kind: "array", length: 32, stride: 8, of: "u64" } },
          { name: "name", offset: 272, type: { kind: "chars", size: 128 } },
        ],
      },
    },
  },
  sections: {
    bss: {
      kind: "struct",
      name: ".bss",
      size: 16,
      fields: [
        { name: "dev_id_offset", offset: 0, type: "u32" },
        { name: "next_offset", offset: 4, type: "u32" },
        { name: "flags_offset", offset: 8, type: "u32" },
        { name: "name_offset", offset: 12, type: "u32" },
      ],
    },
  },
} as const;

/** Memory of the kernel that looks like struct irqaction, for programs that are run with its address. */
export class FakeActions implements Disposable {
  readonly #object = openObject(fixture("fake-actions"), LAYOUTS).load();

  constructor() {
    const { fd } = this.#object.program("locate");
    for (let index = 0; index < LAYOUTS.maps.fakes.maxEntries; index++) runRawProgram(fd, [BigInt(index)], 0);
  }

  /** Fills a place; the programs see it at once. Says at which address the kernel has the action. */
  set(index: number, { name, devId = 0n, next, flags = 0 }: FakeAction): bigint {
    const fake = this.#at(index);
    const offsets = this.#object.section("bss");
    const action = new DataView(new ArrayBuffer(8 * fake.action.length));
    action.setBigUint64(offsets.read("name_offset"), fake.name_address, true);
    action.setBigUint64(offsets.read("dev_id_offset"), devId, true);
    action.setBigUint64(offsets.read("next_offset"), next === undefined ? 0n : this.#at(next).action_address, true);
    action.setUint32(offsets.read("flags_offset"), flags, true);
    this.#object.map("fakes").set(index, { ...fake, action: [...new BigUint64Array(action.buffer)], name });
    return fake.action_address;
  }

  /** At which address the kernel has a text of at most 127 bytes, which takes a place of its own. */
  setText(index: number, text: string): bigint {
    this.set(index, { name: text });
    return this.#at(index).name_address;
  }

  #at(index: number): { action_address: bigint; name_address: bigint; action: readonly bigint[] } {
    const fake = this.#object.map("fakes").get(index);
    if (fake === undefined) throw new RangeError(`There is no fake action ${index}.`);
    return fake;
  }

  [Symbol.dispose](): void {
    this.#object[Symbol.dispose]();
  }
}
