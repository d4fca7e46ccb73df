DROP INDEX CONCURRENTLY IF EXISTS tags_name_key_lower;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS tags_name_key_lower ON tags
    (workspace_id, lower(name));
DROP INDEX CONCURRENTLY IF EXISTS tags_name_key;
ALTER INDEX IF EXISTS tags_name_key_lower RENAME TO tags_name_key;
