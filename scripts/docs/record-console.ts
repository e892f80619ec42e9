/** Preloaded into examples: writes each console.log call as one line of JSON, so that what was printed can be told apart. */
console.log = (...values: unknown[]): void => {
  const text = values.map((value) => (typeof value === "string" ? value : Bun.inspect(value))).join(" ");
  process.stdout.write(`${JSON.stringify(text)}\n`);
};
