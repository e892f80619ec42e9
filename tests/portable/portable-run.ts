export interface PortableRun {
  readonly repository: string;
  /** Built modules by the names that they are published under, as paths in the repository. */
  readonly entries: Readonly<Record<string, string>>;
  /** The text of a module that exports `portableProgram`. */
  readonly program: string;
  readonly captures: readonly string[];
}
