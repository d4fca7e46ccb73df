DROP INDEX CONCURRENTLY IF EXISTS invitations_placeholder_key;
