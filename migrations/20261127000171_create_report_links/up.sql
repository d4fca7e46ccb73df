-- Links that show a saved report to visitors without an account, with what the member who saved it may see at that moment.
CREATE TABLE report_links (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    saved_report_id uuid NOT NULL,
    -- The SHA-256 of the secret in the link, which the API shows once.
    token_sha256 bytea NOT NULL,
    -- argon2id; null without a password.
    password_hash text,
    -- Null: until the link is revoked, which deletes the row.
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT report_links_pkey PRIMARY KEY (id),
    CONSTRAINT report_links_token_sha256_key UNIQUE (token_sha256),
    CONSTRAINT report_links_saved_report_fkey FOREIGN KEY (workspace_id, saved_report_id)
        REFERENCES saved_reports (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT report_links_token_valid CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT report_links_password_valid CHECK (char_length(password_hash) BETWEEN 1 AND 512)
);
CREATE INDEX report_links_by_saved_report ON report_links (workspace_id, saved_report_id, created_at, id);
