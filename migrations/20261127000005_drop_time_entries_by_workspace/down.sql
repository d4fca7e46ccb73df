DROP INDEX CONCURRENTLY IF EXISTS time_entries_by_workspace;
CREATE INDEX CONCURRENTLY time_entries_by_workspace ON time_entries (workspace_id, started_at DESC, id DESC);
