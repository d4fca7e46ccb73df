DROP INDEX CONCURRENTLY IF EXISTS saved_reports_workspace_id_key;
