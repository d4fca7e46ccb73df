-- One open invitation for each placeholder: one that has ended names none.
DROP INDEX CONCURRENTLY IF EXISTS invitations_placeholder_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS invitations_placeholder_key ON invitations (workspace_id, placeholder_id);
