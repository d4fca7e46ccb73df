DROP INDEX CONCURRENTLY IF EXISTS memberships_placeholder_key;
