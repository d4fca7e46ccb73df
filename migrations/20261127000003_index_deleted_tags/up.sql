-- Every list of entries leaves out the tags that are being deleted: few, and mostly none.
DROP INDEX CONCURRENTLY IF EXISTS tags_by_deletion;
CREATE INDEX CONCURRENTLY IF NOT EXISTS tags_by_deletion ON tags (deleted_at, id) WHERE deleted_at IS NOT NULL;
