import { timesSince } from "@irqtrace/decode";
import type { CountedSoftirqRow, SoftirqPlaces, SoftirqWaits } from "./row.ts";

type MaybeWaiting = CountedSoftirqRow & Partial<SoftirqWaits>;

/** Whether runs of the row began. */
export function hasBegun({ latency, unmatchedRaise }: MaybeWaiting): boolean {
  return (latency?.count ?? 0) + (unmatchedRaise ?? 0) > 0;
}

/** What a row's runs waited and where they began after `earlier`; nothing where that was not measured. */
export function waitsSince<Row extends MaybeWaiting>(later: Row, earlier: Row): Partial<Row>;
export function waitsSince(later: MaybeWaiting, earlier: MaybeWaiting): Partial<SoftirqWaits> {
  if (later.latency === undefined || earlier.latency === undefined) return {};
  if (later.places === undefined || earlier.places === undefined) return {};
  return {
    latency: {
      count: later.latency.count - earlier.latency.count,
      ...timesSince(later.latency, earlier.latency),
    },
    unmatchedRaise: (later.unmatchedRaise ?? 0) - (earlier.unmatchedRaise ?? 0),
    places: placesSince(later.places, earlier.places),
  };
}

function placesSince(later: SoftirqPlaces, earlier: SoftirqPlaces): SoftirqPlaces {
  const { ksoftirqd, ktimers, interruptExit, bhEnable, inline, unknown } = later;
  return {
    ksoftirqd: ksoftirqd - earlier.ksoftirqd,
    ktimers: ktimers - earlier.ktimers,
    ...(interruptExit === undefined ? {} : { interruptExit: interruptExit - (earlier.interruptExit ?? 0) }),
    ...(bhEnable === undefined ? {} : { bhEnable: bhEnable - (earlier.bhEnable ?? 0) }),
    ...(inline === undefined ? {} : { inline: inline - (earlier.inline ?? 0) }),
    unknown: unknown - earlier.unknown,
  };
}
