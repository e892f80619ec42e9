/** A disk of zeros without a file behind it; with one queue it has one irq that counts requests. */
export function disk(name: string, properties = ""): readonly string[] {
  return [
    "-blockdev",
    `driver=null-co,node-name=${name},size=1073741824,read-zeroes=on`,
    "-device",
    `virtio-blk-pci,drive=${name},num-queues=1${properties}`,
  ];
}

export const DISK: readonly string[] = disk("disk");
