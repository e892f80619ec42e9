import { BUCKET_COUNT, type TimedFields } from "@irqtrace/decode";

/** A timed row of either kind, or of one more to come. */
export interface SoakedRow extends TimedFields {
  /** What tells it from others in all readings of one tracer. */
  readonly key: string;
  readonly count: number;
  readonly unhandled?: number;
  readonly wakeThread?: number;
}

const COLUMNS = ["count", "totalNs", "unhandled", "wakeThread"] as const;
const NUMBERS = COLUMNS.length + BUCKET_COUNT;

/** Of one row: what its intervals add up to, and between which bounds lies what it had before the first of them. */
interface Account {
  readonly sums: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  maxNs: number;
}

/**
 * Holds intervals against cumulative snapshots. What a snapshot has and the intervals so far have not is what there was
 * before the first interval, and at most what happened since the last one ended. What it has and the intervals up to
 * the next end have not is that, and at least. So every snapshot gives two bounds of one number that never changes. An
 * event that is lost, or counted twice, moves the bounds past each other, and on a busy machine no other thing does.
 */
export class RowAccounts {
  readonly #accounts: Map<string, Account> = new Map();
  #snapshot: readonly SoakedRow[] = [];
  #snapshots = 0;
  #firstMaxNs: ReadonlyMap<string, number> = new Map();
  readonly #faults: Set<string> = new Set();

  /** Numbers of rows that were held against each other. */
  get numbers(): number {
    return this.#accounts.size * NUMBERS;
  }

  get events(): number {
    return [...this.#accounts.values()].reduce((events, { sums }) => events + (sums[0] ?? 0), 0);
  }

  /** What was found wrong. */
  get faults(): readonly string[] {
    return [...this.#faults];
  }

  endInterval(rows: readonly SoakedRow[]): void {
    for (const row of rows) {
      const account = this.#accountOf(row.key);
      numbersOf(row).forEach((number, index) => {
        account.sums[index] = (account.sums[index] ?? 0) + number;
      });
      account.maxNs = Math.max(account.maxNs, row.maxNs);
      if (row.histogram.count !== row.count) this.#faults.add(`${row.key}: the histogram holds other events`);
    }
    for (const row of this.#snapshot) this.#raiseLow(row);
    this.#snapshot = [];
  }

  /** Takes a cumulative snapshot that was read after the last interval ended, and before the next ends. */
  takeSnapshot(rows: readonly SoakedRow[]): void {
    for (const row of rows) {
      const account = this.#accountOf(row.key);
      lower(account.high, numbersOf(row), account.sums);
      if (account.maxNs > row.maxNs) this.#faults.add(`${row.key}: an interval has a maximum that the whole has not`);
      if (row.histogram.count !== row.count) this.#faults.add(`${row.key}: the histogram holds other events`);
      this.#compare(row.key, account);
    }
    if (this.#snapshots++ === 0) this.#firstMaxNs = new Map(rows.map(({ key, maxNs }) => [key, maxNs]));
    this.#snapshot = rows;
  }

  /** At the end of the interval in which it was read, a snapshot has nothing that the intervals have not. */
  #raiseLow(row: SoakedRow): void {
    const account = this.#accountOf(row.key);
    raise(account.low, numbersOf(row), account.sums);
    const maxNs = Math.max(account.maxNs, this.#firstMaxNs.get(row.key) ?? 0);
    if (row.maxNs > maxNs) this.#faults.add(`${row.key}: the whole has a maximum that no interval has`);
    this.#compare(row.key, account);
  }

  #compare(key: string, { low, high }: Account): void {
    for (let index = 0; index < NUMBERS; index++) {
      if ((low[index] ?? 0) <= (high[index] ?? 0)) continue;
      const name = COLUMNS[index] ?? `bucket ${index - COLUMNS.length}`;
      this.#faults.add(`${key}: the intervals do not add up to the cumulative ${name}`);
    }
  }

  #accountOf(key: string): Account {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account = {
      sums: new Float64Array(NUMBERS),
      low: new Float64Array(NUMBERS),
      // A row that the first snapshot lacks had nothing then.
      high: new Float64Array(NUMBERS).fill(this.#snapshots === 0 ? Number.POSITIVE_INFINITY : 0),
      maxNs: 0,
    };
    this.#accounts.set(key, account);
    return account;
  }
}

function numbersOf(row: SoakedRow): Float64Array {
  const numbers = new Float64Array(NUMBERS);
  for (const [index, column] of COLUMNS.entries()) numbers[index] = row[column] ?? 0;
  numbers.set(Float64Array.from(row.histogram.counts), COLUMNS.length);
  return numbers;
}

function lower(high: Float64Array, whole: Float64Array, sums: Float64Array): void {
  for (let index = 0; index < NUMBERS; index++) {
    high[index] = Math.min(high[index] ?? 0, (whole[index] ?? 0) - (sums[index] ?? 0));
  }
}

function raise(low: Float64Array, whole: Float64Array, sums: Float64Array): void {
  for (let index = 0; index < NUMBERS; index++) {
    low[index] = Math.max(low[index] ?? 0, (whole[index] ?? 0) - (sums[index] ?? 0));
  }
}
