-- For the foreign key of claims.
DROP INDEX CONCURRENTLY IF EXISTS memberships_by_claimer;
CREATE INDEX CONCURRENTLY IF NOT EXISTS memberships_by_claimer ON memberships (workspace_id, claimed_by);
