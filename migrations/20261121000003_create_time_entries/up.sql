-- The time itself.

CREATE TABLE time_entries (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    category_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    -- Whole seconds, cut; null while running.
    duration_seconds bigint GENERATED ALWAYS AS (floor(extract(epoch FROM stopped_at - started_at))::bigint) STORED,
    description text NOT NULL DEFAULT '',
    billable boolean NOT NULL DEFAULT false,
    -- What an import recognises its own entry by (SHA-256), so that the same file twice adds nothing.
    import_key bytea,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT time_entries_pkey PRIMARY KEY (id),
    CONSTRAINT time_entries_workspace_id_key UNIQUE (workspace_id, id),
    CONSTRAINT time_entries_member_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships (workspace_id, user_id),
    CONSTRAINT time_entries_category_fkey FOREIGN KEY (workspace_id, project_id, category_id)
        REFERENCES categories (workspace_id, project_id, id),
    CONSTRAINT time_entries_stop_after_start CHECK (stopped_at >= started_at),
    -- What people track lies between these; anything else is a slip of the keyboard.
    CONSTRAINT time_entries_time_range CHECK (started_at >= '1970-01-01T00:00:00Z' AND started_at < '2100-01-01T00:00:00Z'
        AND stopped_at < '2100-01-01T00:00:00Z'),
    CONSTRAINT time_entries_description_valid CHECK (char_length(description) <= 5000),
    CONSTRAINT time_entries_import_key_valid CHECK (octet_length(import_key) = 32)
);
-- One running entry per user, ever.
CREATE UNIQUE INDEX time_entries_one_running_per_user ON time_entries (user_id) WHERE stopped_at IS NULL;
CREATE UNIQUE INDEX time_entries_import_key ON time_entries (workspace_id, user_id, import_key) WHERE import_key IS NOT NULL;
-- Entries of a user, of a workspace and of a category (or project) by time; the id makes the order total for keyset pages.
CREATE INDEX time_entries_by_user ON time_entries (workspace_id, user_id, started_at DESC, id DESC);
CREATE INDEX time_entries_by_workspace ON time_entries (workspace_id, started_at DESC, id DESC);
CREATE INDEX time_entries_by_category ON time_entries (workspace_id, project_id, category_id, started_at DESC, id DESC);
-- What overlaps a range may have begun any time before it, if it is long enough; only for the few of a day or more one has to go so far back.
CREATE INDEX time_entries_long ON time_entries (workspace_id, user_id, started_at) WHERE duration_seconds >= 86400;
CREATE TRIGGER time_entries_revision BEFORE UPDATE ON time_entries FOR EACH ROW EXECUTE FUNCTION bump_revision();

CREATE TABLE time_entry_tags (
    workspace_id uuid NOT NULL,
    time_entry_id uuid NOT NULL,
    tag_id uuid NOT NULL,
    CONSTRAINT time_entry_tags_pkey PRIMARY KEY (workspace_id, time_entry_id, tag_id),
    CONSTRAINT time_entry_tags_entry_fkey FOREIGN KEY (workspace_id, time_entry_id)
        REFERENCES time_entries (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT time_entry_tags_tag_fkey FOREIGN KEY (workspace_id, tag_id) REFERENCES tags (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX time_entry_tags_by_tag ON time_entry_tags (workspace_id, tag_id, time_entry_id);

-- Entries that were just deleted, so that a deletion can be undone. They live apart from the live ones, so that no query,
-- total or constraint has to leave them out. They go for good after a minute, or with their category.
CREATE TABLE deleted_time_entries (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    category_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    description text NOT NULL,
    billable boolean NOT NULL,
    tag_ids uuid[] NOT NULL,
    import_key bytea,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL,
    deleted_at timestamptz NOT NULL,
    CONSTRAINT deleted_time_entries_pkey PRIMARY KEY (id),
    CONSTRAINT deleted_time_entries_member_fkey FOREIGN KEY (workspace_id, user_id)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT deleted_time_entries_category_fkey FOREIGN KEY (workspace_id, project_id, category_id)
        REFERENCES categories (workspace_id, project_id, id) ON DELETE CASCADE
);
CREATE INDEX deleted_time_entries_by_member ON deleted_time_entries (workspace_id, user_id, deleted_at);
CREATE INDEX deleted_time_entries_by_category ON deleted_time_entries (workspace_id, project_id, category_id);
CREATE INDEX deleted_time_entries_by_age ON deleted_time_entries (deleted_at);
