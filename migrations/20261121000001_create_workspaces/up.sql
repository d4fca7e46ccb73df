-- People, workspaces, and who belongs where.
--
-- Taste that holds for every table:
--   * ids are UUIDs of version 7, made by the server;
--   * `revision` counts a row's changes: it is what ETag and If-Match compare, and a trigger keeps it, so that no statement can forget to;
--   * every constraint that the API reports has a name of its own; the rules map that name to an error code;
--   * every table of a tenant carries workspace_id, and foreign keys carry it too, so that no row can point into another workspace.

CREATE FUNCTION bump_revision() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END
$$;

-- The rule of every name: trimmed, not empty, no control characters. The upper bound stands in each table's own CHECK.
CREATE FUNCTION is_clean_name(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN name <> '' AND name = btrim(name) AND name !~ '[[:cntrl:]]';

CREATE TABLE users (
    id uuid NOT NULL,
    name text NOT NULL,
    email text,
    -- Null until somebody chooses one.
    time_zone text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255),
    -- 254: the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3).
    CONSTRAINT users_email_valid CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT users_time_zone_valid CHECK (char_length(time_zone) BETWEEN 1 AND 64)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE TRIGGER users_revision BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION bump_revision();

CREATE TABLE workspaces (
    id uuid NOT NULL,
    name text NOT NULL,
    time_zone text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT workspaces_pkey PRIMARY KEY (id),
    CONSTRAINT workspaces_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255),
    CONSTRAINT workspaces_time_zone_valid CHECK (char_length(time_zone) BETWEEN 1 AND 64)
);
CREATE TRIGGER workspaces_revision BEFORE UPDATE ON workspaces FOR EACH ROW EXECUTE FUNCTION bump_revision();

CREATE TABLE memberships (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT memberships_pkey PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT memberships_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT memberships_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT memberships_role_valid CHECK (role IN ('owner', 'admin', 'manager', 'member', 'viewer'))
);
CREATE INDEX memberships_by_user ON memberships (user_id);
CREATE TRIGGER memberships_revision BEFORE UPDATE ON memberships FOR EACH ROW EXECUTE FUNCTION bump_revision();
