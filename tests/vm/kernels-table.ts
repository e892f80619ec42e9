import type { RecordedGuest } from "./recorded-results.ts";

interface Column {
  readonly heading: string;
  readonly cell: (guest: RecordedGuest) => string;
}

const KINDS = [
  ["softirqs", /^softirqs .*\/proc\/softirqs$/],
  ["interrupts", /^interrupts .*\/proc\/interrupts$/],
] as const;
const MEASURES = [
  ["timed", / timed by /],
  ["counted", / counted by /],
] as const;
const FLAVOURS = ["tp_btf", "raw_tp"] as const;

const COUNT_COLUMNS: readonly Column[] = KINDS.flatMap(([kind, isKind]) =>
  FLAVOURS.map((flavour) => ({
    heading: `${kind}, ${flavour}: ${MEASURES.map(([measure]) => measure).join(" / ")}`,
    cell: (guest: RecordedGuest) =>
      MEASURES.map(([, isMeasure]) => {
        const figures = guest.results.find(
          ({ name }) => isKind.test(name) && isMeasure.test(name) && name.includes(` ${flavour} `),
        )?.figures;
        return figures === undefined ? "–" : `${grouped(figures["exact"])} ± ${figures["deviation"]}`;
      }).join(" / "),
  })),
);

const sumOf = (guest: RecordedGuest, figure: string): string => {
  const values = guest.results.flatMap(({ figures }) => figures[figure] ?? []);
  return values.length === 0 ? "–" : grouped(values.reduce((sum, value) => sum + value, 0));
};

const COLUMNS: readonly Column[] = [
  { heading: "guest", cell: ({ id }) => id },
  { heading: "kernel", cell: ({ release, version }) => `${release} (${version})` },
  ...COUNT_COLUMNS,
  { heading: "missed and reported", cell: (guest) => sumOf(guest, "missed") },
  { heading: "within brackets", cell: (guest) => sumOf(guest, "bracketed") },
  { heading: "attach cycles", cell: (guest) => sumOf(guest, "cycles") },
  { heading: "SIGKILLs", cell: (guest) => sumOf(guest, "kills") },
  { heading: "loader tests", cell: (guest) => sumOf(guest, "tests") },
];

/** A Markdown table of what the matrix measured. */
export function kernelsTable(guests: readonly RecordedGuest[]): string {
  const rows = guests.map((guest) => COLUMNS.map(({ cell }) => cell(guest)));
  const lines = [COLUMNS.map(({ heading }) => heading), COLUMNS.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function grouped(value = 0): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
