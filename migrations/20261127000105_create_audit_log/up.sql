-- Who did what, from where: sign-ins, members, roles, tokens, deletions, settings.
--
-- No foreign keys: a line outlives the user, the workspace and the object that it names.
CREATE TABLE audit_log (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    -- Null for what concerns the whole installation.
    workspace_id uuid,
    -- How the server knows the user: session, token, built_in, or one of command, job, anonymous, which are no user's.
    actor text NOT NULL,
    user_id uuid,
    address text,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid,
    details jsonb NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (id),
    CONSTRAINT audit_log_actor_valid CHECK (actor ~ '^[a-z_]{1,32}$'),
    CONSTRAINT audit_log_address_valid CHECK (char_length(address) <= 45),
    CONSTRAINT audit_log_action_valid CHECK (action ~ '^[a-z_.]{1,64}$'),
    CONSTRAINT audit_log_object_kind_valid CHECK (object_kind ~ '^[a-z_]{1,32}$'),
    CONSTRAINT audit_log_details_valid CHECK (octet_length(details::text) <= 16384)
);
CREATE INDEX audit_log_by_workspace ON audit_log (workspace_id, created_at DESC, id DESC);
CREATE INDEX audit_log_by_age ON audit_log (created_at, id);

-- Lines are added and never changed. Cleaning deletes old ones; what is younger than 30 days, no statement deletes.
CREATE FUNCTION keep_audit_log() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.created_at < now() - interval '30 days' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'lines of the audit log younger than 30 days cannot be deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RAISE EXCEPTION 'the audit log cannot be changed' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_log_keep BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER audit_log_keep_all BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();
