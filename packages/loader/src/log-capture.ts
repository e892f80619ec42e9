/** A line that libbpf printed. */
export interface PrintedLine {
  /** As libbpf numbers them: LIBBPF_WARN and up. */
  readonly level: number;
  readonly text: string;
}

/** Keeps what libbpf prints on this thread. */
export interface LogCapture {
  /** Starts anew, with messages up to that level. */
  start(maxLevel: number): void;
  /** Ends it, whatever happened since, and gives the lines. */
  stop(): readonly PrintedLine[];
}

/** The lines of one message. */
export function linesOf(level: number, message: string): readonly PrintedLine[] {
  return message
    .trimEnd()
    .split("\n")
    .map((text) => ({ level, text }));
}
