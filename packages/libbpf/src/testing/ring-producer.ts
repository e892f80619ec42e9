// A Worker that fills a ring as the kernel does, from another thread than its reader's.
import { type Pointer, toArrayBuffer } from "bun:ffi";
import { BUSY_BIT, takenBytes } from "./ring-model.ts";

declare const self: Worker;

/** What the Worker is told. */
export interface ProducerOrder {
  readonly consumer: Pointer;
  readonly producer: Pointer;
  readonly data: Pointer;
  readonly byteLength: number;
  /** Records to write. Each holds its number's lowest byte, 1 to 32 times. */
  readonly count: number;
}

self.onmessage = (event: MessageEvent<ProducerOrder>) => {
  const { consumer, producer, data, byteLength, count } = event.data;
  const consumed = new BigUint64Array(toArrayBuffer(consumer, 0, 8));
  const produced = new BigUint64Array(toArrayBuffer(producer, 0, 8));
  const bytes = new Uint8Array(toArrayBuffer(data, 0, byteLength));
  const words = new Uint32Array(bytes.buffer);
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    const length = 1 + (index % 32);
    const taken = takenBytes(length);
    while (position + taken - Number(Atomics.load(consumed, 0)) >= byteLength) Bun.sleepSync(0);
    const header = (position % byteLength) / 4;
    Atomics.store(words, header, length + BUSY_BIT);
    Atomics.store(produced, 0, BigInt(position + taken));
    for (let at = 0; at < length; at += 1) bytes[(position + 8 + at) % byteLength] = index % 256;
    Atomics.store(words, header, length);
    position += taken;
  }
  self.postMessage("done");
};
