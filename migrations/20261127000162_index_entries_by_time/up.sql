-- Reports of a whole workspace: the entries of a range, and exports in the order of time. Without it they read all entries of the workspace.
DROP INDEX CONCURRENTLY IF EXISTS time_entries_by_time;
CREATE INDEX CONCURRENTLY IF NOT EXISTS time_entries_by_time ON time_entries (workspace_id, started_at DESC, id DESC);
