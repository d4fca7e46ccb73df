-- What refers to a saved report carries the workspace, so that no row can point into another one.
DROP INDEX CONCURRENTLY IF EXISTS saved_reports_workspace_id_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS saved_reports_workspace_id_key ON saved_reports (workspace_id, id);
