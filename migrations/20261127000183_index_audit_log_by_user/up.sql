-- What a user has done, for the archive of the user's data.
DROP INDEX CONCURRENTLY IF EXISTS audit_log_by_user;
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_log_by_user ON audit_log (user_id, created_at, id);
