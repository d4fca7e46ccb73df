-- Waits for the lock of a user's timer until the end of the transaction, and says whether the user may start an entry: as a member who has not left,
-- with an account that is not disabled. VOLATILE, so that the question sees what was committed while the lock was waited for, which the statement
-- that calls this does not. The end of a membership and the disabling of an account hold this lock, so the answer is true until the end of the
-- transaction. Before, the statement locked both rows FOR SHARE, which writes them: a tenth of PostgreSQL's time for a start.
CREATE FUNCTION lock_timer_of_member(timer bigint, workspace uuid, member uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(timer);
    RETURN EXISTS (
        SELECT FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.workspace_id = workspace AND m.user_id = member AND m.left_at IS NULL AND u.disabled_at IS NULL
    );
END
$$;
