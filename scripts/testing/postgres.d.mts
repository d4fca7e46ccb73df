// The types of postgres.mjs, for the journeys in a browser, which are TypeScript.

/** What undoes something after a test. */
export type After = { after: (undo: () => Promise<void> | void) => void };

export interface Postgres {
  /** The address of a database for a user. */
  url: (user: string, database: string) => string;
  /** Runs SQL as the superuser, and returns what it prints. */
  psql: (text: string, database?: string) => string;
}

export function workplace(t: After): string;
export function postgres(t: After, directory: string): Promise<Postgres>;
