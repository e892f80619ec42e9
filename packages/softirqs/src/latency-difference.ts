import { countSince, timesSince } from "@irqtrace/decode";
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
      count: countSince(later.latency.count, earlier.latency.count, "latency.count"),
      ...timesSince(later.latency, earlier.latency),
    },
    unmatchedRaise: countSince(later.unmatchedRaise ?? 0, earlier.unmatchedRaise ?? 0, "unmatchedRaise"),
    places: placesSince(later.places, earlier.places),
  };
}

function placesSince(later: SoftirqPlaces, earlier: SoftirqPlaces): SoftirqPlaces {
  const { interruptExit, bhEnable, inline } = later;
  const since = (place: keyof SoftirqPlaces): number =>
    countSince(later[place] ?? 0, earlier[place] ?? 0, `places.${place}`);
  return {
    ksoftirqd: since("ksoftirqd"),
    ktimers: since("ktimers"),
    ...(interruptExit === undefined ? {} : { interruptExit: since("interruptExit") }),
    ...(bhEnable === undefined ? {} : { bhEnable: since("bhEnable") }),
    ...(inline === undefined ? {} : { inline: since("inline") }),
    unknown: since("unknown"),
  };
}
