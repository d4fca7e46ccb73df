-- No statement uses it, and every write maintains it. Reports will bring the index that their plans choose.
DROP INDEX CONCURRENTLY IF EXISTS time_entries_by_workspace;
