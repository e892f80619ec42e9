import { type Address, cString, scratch } from "./ffi.ts";
import { startOf } from "./native-calls.ts";

/** Where the fields of struct bpf_object_open_opts lie (libbpf 1.1 to 1.8); held to the C by a test. */
export const OPEN_OPTIONS_OFFSETS = {
  sz: 0,
  object_name: 8,
  pin_root_path: 24,
  kernel_log_buf: 56,
  kernel_log_size: 64,
  kernel_log_level: 72,
} as const;
/** sizeof in libbpf 1.1; newer ones take the fields that they have added as absent. */
export const OPEN_OPTIONS_BYTES = 80;

/** What {@link OpenOptionsStruct} holds. */
export interface OpenOptionsFields {
  readonly name: string;
  readonly pinFolder?: string | undefined;
  readonly verifierLog: { readonly address: Address; readonly byteLength: number };
}

/** A struct bpf_object_open_opts, with the texts that it points to. */
export class OpenOptionsStruct {
  readonly #bytes = scratch(OPEN_OPTIONS_BYTES);
  readonly #texts: Uint8Array<ArrayBuffer>[] = [];

  constructor({ name, pinFolder, verifierLog }: OpenOptionsFields) {
    this.#set("sz", OPEN_OPTIONS_BYTES);
    this.#set("object_name", this.#text(name));
    if (pinFolder !== undefined) this.#set("pin_root_path", this.#text(pinFolder));
    this.#set("kernel_log_buf", verifierLog.address);
    this.#set("kernel_log_size", verifierLog.byteLength);
  }

  get address(): Address {
    return startOf(this.#bytes);
  }

  /** Says that the texts are needed no more: the engine may free what it does not see used any longer. */
  release(): void {
    this.#texts.length = 0;
  }

  #set(field: keyof typeof OPEN_OPTIONS_OFFSETS, value: number): void {
    new DataView(this.#bytes.buffer).setBigUint64(OPEN_OPTIONS_OFFSETS[field], BigInt(value), true);
  }

  #text(text: string): Address {
    const bytes = cString(text);
    this.#texts.push(bytes);
    return startOf(bytes);
  }
}
