-- Links and codes that work once: setting up, a forgotten password, a new address, the way back from a sign-on provider.
CREATE TABLE one_time_tokens (
    id uuid NOT NULL,
    -- What the token is for; a token for one thing opens no other.
    purpose text NOT NULL,
    token_sha256 bytea NOT NULL,
    -- Null where no user is known yet.
    user_id uuid,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT one_time_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT one_time_tokens_token_sha256_key UNIQUE (token_sha256),
    CONSTRAINT one_time_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT one_time_tokens_token_valid CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT one_time_tokens_purpose_valid CHECK (purpose ~ '^[a-z_]{1,32}$'),
    CONSTRAINT one_time_tokens_payload_valid CHECK (octet_length(payload::text) <= 8192)
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at);
