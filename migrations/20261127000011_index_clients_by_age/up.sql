-- Keyset pages of the list, oldest first.
DROP INDEX CONCURRENTLY IF EXISTS clients_by_workspace;
CREATE INDEX CONCURRENTLY IF NOT EXISTS clients_by_workspace ON clients (workspace_id, created_at, id);
