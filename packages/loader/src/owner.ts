/** The object that a handle belongs to: handles ask it before each use and die with it. */
export class Owner {
  readonly name: string;
  readonly #resources = new Set<Disposable>();
  #isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Throws if the object is closed: its descriptors may belong to something else by now. */
  assertOpen(operation: string, what: string): void {
    if (this.#isClosed) throw new Error(`Cannot ${operation} "${what}": "${this.name}" is closed. Load it again.`);
  }

  /**
   * Makes the resource end with this object, before those that were added earlier. The handle ends it sooner, and
   * forgets it.
   */
  own(resource: Disposable): Disposable {
    const handle: Disposable = {
      [Symbol.dispose]: () => {
        this.#resources.delete(handle);
        resource[Symbol.dispose]();
      },
    };
    this.#resources.add(handle);
    return handle;
  }

  /** Ends all resources, even if some fail, and throws what failed. Does nothing the second time. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    disposeAll([...this.#resources].reverse(), this.name);
  }
}

/** Disposes of all, in order, even if some fail; then throws what failed. */
export function disposeAll(resources: readonly Disposable[], name: string): void {
  const failures: unknown[] = [];
  for (const resource of resources) {
    try {
      resource[Symbol.dispose]();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, `Cannot close "${name}" cleanly: ${failures.length} parts failed.`);
}
