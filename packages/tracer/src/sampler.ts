import type { RawMap } from "@irqtrace/decode";
import type { LoadedObject } from "@irqtrace/loader";
import type { SamplePlan } from "./definition.ts";
import { PlanReader } from "./plan-reader.ts";

/** Longer than a store stays in a store buffer, and than an undisturbed program runs. */
const SETTLE_NS = 60_000;
/**
 * How long to wait for a program that was interrupted while writing, by a hypervisor for instance. After that its row is
 * taken as it is: the event it was counting may be in some of the numbers only, until a later reading.
 */
const PATIENCE_NS = 50_000_000;

/** After the last u32 comes 2: parities alternate, and 0 says that a bank belongs to no epoch. */
export const epochAfter = (epoch: number): number => (epoch === 0xffff_ffff ? 2 : epoch + 1);

/** A loaded object and what to read of it. */
export interface SampledObject {
  readonly object: LoadedObject;
  readonly samplePlans: readonly SamplePlan[];
}

/**
 * Reads all maps of all objects at one boundary: flips the epochs, waits until nobody writes the banks that have become
 * idle, and folds these into the images. See sample.bpf.h for the other side.
 */
export class Sampler {
  readonly #objects: readonly LoadedObject[];
  readonly #readers: readonly PlanReader[];
  #epoch = 1;

  constructor(sampled: readonly SampledObject[]) {
    this.#objects = sampled.map(({ object }) => object);
    this.#readers = sampled.flatMap(({ object, samplePlans }) =>
      samplePlans.map((plan) => new PlanReader(object, plan)),
    );
  }

  /**
   * Ends the epoch and reads it.
   *
   * @returns The epoch that ended, and when.
   */
  flip(): { epoch: number; atNs: number } {
    const ended = this.#epoch;
    this.#epoch = epochAfter(ended);
    // Stores into shared memory, less than a microsecond apart.
    for (const object of this.#objects) object.section("data").write("epoch", this.#epoch);
    const atNs = Bun.nanoseconds();
    while (Bun.nanoseconds() - atNs < SETTLE_NS);
    for (const reader of this.#readers) reader.settle(ended & 1, atNs + PATIENCE_NS);
    return { epoch: ended, atNs };
  }

  /** The images by map name, not copied. */
  maps(): Record<string, RawMap> {
    return Object.assign({}, ...this.#readers.map((reader) => reader.maps()));
  }
}
