/** Disposes of all, in order, even if some fail; then throws what failed. */
export function disposeAll(resources: readonly (Disposable | null)[]): void {
  const failures: unknown[] = [];
  for (const resource of resources) {
    try {
      resource?.[Symbol.dispose]();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, `Cannot end the trace cleanly: ${failures.length} parts failed.`);
}
