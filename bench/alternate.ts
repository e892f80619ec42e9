import { DiskFile, spawnAt, udpCommand } from "../tests/kernel/load/loads.ts";

const PLENTY = 1_000_000_000;
const WARM_UP_MS = 500;

/** Runs `measure` while both kinds of interrupt occur: packets on loopback, and reads past the page cache. */
export async function underLoad<T>(measure: () => Promise<T>): Promise<T> {
  using file = new DiskFile();
  const loads = [spawnAt(udpCommand(PLENTY)), spawnAt(file.readCommand(PLENTY))];
  try {
    await Bun.sleep(WARM_UP_MS);
    return await measure();
  } finally {
    for (const load of loads) load.kill();
    await Promise.all(loads.map((load) => load.exited));
  }
}

/**
 * Measures each item once a round, in an order that moves on by one each round: what drifts hits all alike.
 *
 * @returns The measurements of each item, in its place; round by round.
 */
export async function alternate<Item, Result>(
  items: readonly Item[],
  rounds: number,
  measure: (item: Item) => Promise<Result>,
): Promise<Result[][]> {
  const results: Result[][] = items.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < items.length; turn++) {
      const index = (round + turn) % items.length;
      const item = items[index];
      if (item !== undefined) results[index]?.push(await measure(item));
    }
  }
  return results;
}
