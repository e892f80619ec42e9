import type { BpfMap } from "@irqtrace/loader";
import { type Call, runAtOnce } from "./run-at-once.ts";

/** Many, because on a busy machine the reader and the programs seldom run at the same moment. */
const ROUNDS = 100;

/**
 * Repeats the calls on two CPUs, and meanwhile reads an item of a per-CPU map over and over, until it has seen a value
 * that begins with a word that is not 0: the mark of a program that is writing.
 *
 * @returns How many such values it saw, and how many are left when nothing runs any more.
 */
export async function countMarks(
  map: BpfMap,
  item: number,
  calls: readonly Call[],
): Promise<{ readonly seen: number; readonly left: number }> {
  const bytes = new Uint8Array(new ArrayBuffer(map.stride));
  const words = new BigUint64Array(bytes.buffer);
  const valueWords = Math.ceil(map.valueSize / 8);
  const marks = (): number => {
    map.readItemInto(item, bytes);
    let raised = 0;
    for (let word = 0; word < words.length; word += valueWords) if (words[word] !== 0n) raised++;
    return raised;
  };
  let seen = 0;
  for (let round = 0; seen === 0 && round < ROUNDS; round++) {
    let isOver = false;
    const over = runAtOnce(new Array<readonly Call[]>(2_000).fill(calls).flat(), 1_000).finally(() => {
      isOver = true;
    });
    // Lets the end of the workers be noticed now and then.
    for (; !isOver; await Bun.sleep(0)) for (let reading = 0; reading < 1_000; reading++) seen += marks();
    await over;
  }
  return { seen, left: marks() };
}
