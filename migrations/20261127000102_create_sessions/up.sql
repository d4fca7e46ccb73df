-- Sessions of browsers. The cookie holds 256 random bits, the table their SHA-256: a copy of the table signs nobody in.
CREATE TABLE sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- When the user last showed a password or another proof. Sensitive changes ask for a recent one.
    signed_in_at timestamptz NOT NULL,
    -- Written at most once a minute.
    last_seen_at timestamptz NOT NULL,
    -- The latest end, whatever happens. The end of an idle session depends on a setting, and is computed from last_seen_at.
    expires_at timestamptz NOT NULL,
    user_agent text NOT NULL,
    address text,
    -- The single sign-on provider that vouched for the user, with its names for the user and the session, for its logout.
    provider text,
    provider_subject text,
    provider_session text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_sha256_key UNIQUE (token_sha256),
    CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sessions_token_valid CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT sessions_user_agent_valid CHECK (char_length(user_agent) <= 512),
    CONSTRAINT sessions_address_valid CHECK (char_length(address) <= 45),
    CONSTRAINT sessions_provider_valid CHECK (char_length(provider) BETWEEN 1 AND 64),
    CONSTRAINT sessions_provider_subject_valid CHECK (char_length(provider_subject) BETWEEN 1 AND 255),
    CONSTRAINT sessions_provider_session_valid CHECK (char_length(provider_session) BETWEEN 1 AND 255)
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_provider ON sessions (provider, provider_subject) WHERE provider IS NOT NULL;

-- Event streams are opened with a session and outlive the request. What ends a session tells the user's streams that their rights have
-- changed, as a change of a membership does: they end, and only a client with a session that is valid opens another one.
CREATE FUNCTION end_streams_of_sessions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
    SELECT DISTINCT m.workspace_id, m.user_id, 'membership', 'updated', m.user_id, m.revision
    FROM old_rows o JOIN memberships m ON m.user_id = o.user_id AND m.left_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER sessions_end_streams AFTER DELETE ON sessions
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION end_streams_of_sessions();
