/**
 * What a layout compiles to. `read` and `write` trust that `size` bytes are there from `at` on, and `write` that they
 * are zero: the codec around them has seen to both, once for the whole value.
 */
export interface Accessor {
  readonly size: number;
  read(view: DataView, at: number): unknown;
  write(value: unknown, view: DataView, at: number): void;
}
