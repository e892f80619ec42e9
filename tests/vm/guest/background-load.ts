import { spawnAt, udpCommand } from "../../kernel/load/loads.ts";

const PLENTY = 1_000_000_000;

const DISK_READS = "while :; do dd if=/dev/vda of=/dev/null bs=4k count=2000 iflag=direct 2>/dev/null || exit 1; done";

/** Packets over the loopback and reads of the disk until it is disposed of. */
export class BackgroundLoad implements AsyncDisposable {
  readonly #processes = [spawnAt(udpCommand(PLENTY)), spawnAt(["sh", "-c", DISK_READS])];

  /** Throws if the load has ended by itself: what ran beside it was not under load. */
  check(): void {
    for (const { exitCode } of this.#processes)
      if (exitCode !== null) throw new Error(`A load ended with exit code ${exitCode}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) process.kill();
    await Promise.all(this.#processes.map((process) => process.exited));
  }
}
