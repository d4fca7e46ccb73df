-- Keyset pages of the list of all projects' categories, oldest first.
DROP INDEX CONCURRENTLY IF EXISTS categories_by_workspace;
CREATE INDEX CONCURRENTLY IF NOT EXISTS categories_by_workspace ON categories (workspace_id, created_at, id);
