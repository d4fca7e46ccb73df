-- What a good programmer would make first: the facts, their keys, and three indexes on entries.
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE categories (id uuid PRIMARY KEY, project_id uuid NOT NULL);
CREATE TABLE entries (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    category_id uuid NOT NULL REFERENCES categories,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    description text NOT NULL DEFAULT '',
    billable boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_running_per_user ON entries (user_id) WHERE stopped_at IS NULL;
CREATE INDEX entries_by_user ON entries (user_id, started_at DESC);
-- An answer is stored whole when it is known; no row is written twice.
CREATE TABLE answers (
    user_id uuid NOT NULL,
    key text NOT NULL,
    status smallint NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
