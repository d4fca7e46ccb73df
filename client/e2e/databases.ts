/** Databases for journeys: a PostgreSQL for all of a worker, and a copy of one migrated database for each. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { postgres, workplace } from '../../scripts/testing/postgres.mjs';

export interface Databases {
  /** Makes an empty database with today's schema, and returns its address. */
  create: () => string;
  /** Deletes it, whatever is still connected. */
  drop: (url: string) => void;
}

/** Starts PostgreSQL, lends it, and ends it. The program migrates the database that is copied. */
export async function withDatabases(
  migrator: string,
  use: (databases: Databases) => Promise<void>,
): Promise<void> {
  if (!existsSync(migrator)) throw new Error(`${migrator} is missing: build the migrator beside the server`);
  const undo: (() => Promise<void> | void)[] = [];
  const test = { after: (step: () => Promise<void> | void) => undo.push(step) };
  try {
    const { psql, url } = await postgres(test, workplace(test));
    execFileSync(migrator, ['up'], {
      env: { ...process.env, DATABASE_URL: url('clockwork', 'clockwork') },
      // What it says is in the error, should it fail.
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let count = 0;
    await use({
      create: () => {
        const name = `journey_${++count}`;
        psql(`CREATE DATABASE ${name} TEMPLATE clockwork OWNER clockwork`);
        return url('clockwork', name);
      },
      drop: (database) => {
        psql(`DROP DATABASE ${new URL(database).pathname.slice(1)} WITH (FORCE)`);
      },
    });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}
