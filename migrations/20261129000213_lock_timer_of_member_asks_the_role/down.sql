CREATE OR REPLACE FUNCTION lock_timer_of_member(timer bigint, workspace uuid, member uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(timer);
    RETURN EXISTS (
        SELECT FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.workspace_id = workspace AND m.user_id = member AND m.left_at IS NULL AND u.disabled_at IS NULL
    );
END
$$;
