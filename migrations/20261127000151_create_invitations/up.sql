-- Invitations to workspaces. An invitation is open until it is accepted or revoked, or expires. It is revoked when its inviter loses the right to
-- invite.
CREATE TABLE invitations (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    -- Only a user with this address can accept it.
    email text NOT NULL,
    role text NOT NULL,
    -- The SHA-256 of the secret in the link.
    token_sha256 bytea NOT NULL,
    invited_by uuid NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_token_sha256_key UNIQUE (token_sha256),
    CONSTRAINT invitations_inviter_fkey FOREIGN KEY (workspace_id, invited_by)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT invitations_email_valid CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT invitations_role_valid CHECK (role IN ('owner', 'admin', 'manager', 'member', 'viewer')),
    CONSTRAINT invitations_token_valid CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT invitations_accepted_by_user CHECK ((accepted_at IS NULL) = (accepted_by IS NULL))
);
CREATE UNIQUE INDEX invitations_open_address_key ON invitations (workspace_id, fold_name(email))
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_by_workspace ON invitations (workspace_id, created_at, id);
CREATE INDEX invitations_by_inviter ON invitations (workspace_id, invited_by);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);
CREATE TRIGGER invitations_revision BEFORE UPDATE ON invitations FOR EACH ROW EXECUTE FUNCTION bump_revision();
