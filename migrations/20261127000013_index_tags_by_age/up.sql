-- Keyset pages of the list, oldest first.
DROP INDEX CONCURRENTLY IF EXISTS tags_by_workspace;
CREATE INDEX CONCURRENTLY IF NOT EXISTS tags_by_workspace ON tags (workspace_id, created_at, id);
