-- As before, and also asks whether the role of the member tracks time: a viewer does not (the table of capabilities in crates/core, which a test holds
-- this against). Whatever makes a member a viewer holds this lock, as the end of a membership and the disabling of an account do, so the answer is
-- true until the end of the transaction.
--
-- The deletion of a workspace does not hold it: it ends all memberships of the workspace at once, and a lock for each member would keep all of them
-- from tracking elsewhere meanwhile. An entry that was let in just before begins to run in the deleted workspace, where nobody sees it, and goes with
-- its rows.
CREATE OR REPLACE FUNCTION lock_timer_of_member(timer bigint, workspace uuid, member uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(timer);
    RETURN EXISTS (
        SELECT FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.workspace_id = workspace AND m.user_id = member AND m.left_at IS NULL AND m.role <> 'viewer' AND u.disabled_at IS NULL
    );
END
$$;
