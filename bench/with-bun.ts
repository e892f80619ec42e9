import { dirname } from "node:path";

/** The environment in which a launcher finds this Bun. */
export const withBun = (): Record<string, string | undefined> => ({
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
});
