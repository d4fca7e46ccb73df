-- The log is read by transaction, for all workspaces at once (create_read_events); every write maintained this index for nothing.
DROP INDEX CONCURRENTLY IF EXISTS events_by_workspace;
