-- Secret addresses under which calendars read the entries of a member: one for each member of a workspace.
CREATE TABLE calendar_feeds (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- The SHA-256 of the secret in the address, which the API shows once.
    token_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT calendar_feeds_pkey PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT calendar_feeds_token_sha256_key UNIQUE (token_sha256),
    CONSTRAINT calendar_feeds_member_fkey FOREIGN KEY (workspace_id, user_id)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT calendar_feeds_token_valid CHECK (octet_length(token_sha256) = 32)
);
