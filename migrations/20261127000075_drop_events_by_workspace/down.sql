DROP INDEX CONCURRENTLY IF EXISTS events_by_workspace;
CREATE INDEX CONCURRENTLY events_by_workspace ON events (workspace_id, transaction_id, id);
