/** What starting Bun takes, and nothing else. */
export const bare = true;
