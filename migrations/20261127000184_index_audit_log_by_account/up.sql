-- What was done to the account of a user, for the archive of the user's data.
DROP INDEX CONCURRENTLY IF EXISTS audit_log_by_account;
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_log_by_account ON audit_log (object_id, created_at, id) WHERE object_kind IN ('user', 'membership');
