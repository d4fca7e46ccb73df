-- Tokens of programs, made by a user and never wider than the user's own role. Shown once; the table holds their SHA-256.
CREATE TABLE api_tokens (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- Null: every workspace of the user.
    workspace_id uuid,
    name text NOT NULL,
    token_sha256 bytea NOT NULL,
    scope text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Never null, so that no token lasts for ever by being forgotten. The end of the year 9999 is "never", by choice.
    expires_at timestamptz NOT NULL,
    -- Written at most once a minute.
    last_used_at timestamptz,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_token_sha256_key UNIQUE (token_sha256),
    CONSTRAINT api_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT api_tokens_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT api_tokens_token_valid CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT api_tokens_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255),
    CONSTRAINT api_tokens_scope_valid CHECK (scope IN ('read', 'track', 'manage', 'admin'))
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);
CREATE INDEX api_tokens_by_workspace ON api_tokens (workspace_id);
CREATE INDEX api_tokens_by_expiry ON api_tokens (expires_at);
