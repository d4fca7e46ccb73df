-- A placeholder belongs to one workspace.
DROP INDEX CONCURRENTLY IF EXISTS memberships_placeholder_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS memberships_placeholder_key ON memberships (user_id)
    WHERE is_placeholder_id(user_id);
