-- One look at the log, for a scope without an owner, too: null for `users` means the events of all users in these workspaces. Before, it
-- meant none of the events that one user alone may see, while clockwork_core::access::EntryScope takes it for all. The servers of the
-- release before pass null for both arrays or for neither, so nothing changes for them. The function is otherwise that of
-- 20261127000060_create_read_events, whose comments hold.
CREATE OR REPLACE FUNCTION read_events(
    first bigint, running bigint[], workspaces uuid[], users uuid[], most integer,
    OUT snapshot text, OUT oldest bigint, OUT events text
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    -- The first transaction that the snapshot cannot see. After a dump is restored into a younger cluster, rows may carry numbers that
    -- this cluster has not reached; they are ignored.
    horizon bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
BEGIN
    snapshot := pg_current_snapshot()::text;
    oldest := coalesce((SELECT min(e.transaction_id) FROM events e WHERE e.transaction_id < horizon), 0);
    events := (
        SELECT coalesce(json_agg(page), '[]')::text FROM (
            SELECT transaction_id, workspace_id, user_id, kind, change, object_id, revision, timer FROM (
                (SELECT e.* FROM events e WHERE e.transaction_id >= first AND e.transaction_id < horizon
                    AND (workspaces IS NULL OR (e.workspace_id = ANY (workspaces) AND (users IS NULL OR e.user_id IS NULL OR e.user_id = ANY (users))))
                 ORDER BY e.transaction_id, e.id LIMIT most)
                UNION ALL
                (SELECT e.* FROM unnest(running) AS r (transaction_id) CROSS JOIN LATERAL (
                    SELECT * FROM events WHERE transaction_id = r.transaction_id AND transaction_id < horizon
                        AND (workspaces IS NULL OR (workspace_id = ANY (workspaces) AND (users IS NULL OR user_id IS NULL OR user_id = ANY (users))))
                    ORDER BY transaction_id, id LIMIT most) AS e)
            ) AS unseen ORDER BY id LIMIT most
        ) AS page
    );
END
$$;
