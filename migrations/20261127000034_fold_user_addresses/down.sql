DROP INDEX CONCURRENTLY IF EXISTS users_email_key_lower;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_email_key_lower ON users
    (lower(email));
DROP INDEX CONCURRENTLY IF EXISTS users_email_key;
ALTER INDEX IF EXISTS users_email_key_lower RENAME TO users_email_key;
