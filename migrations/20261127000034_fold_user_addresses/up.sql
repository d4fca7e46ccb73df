-- Addresses of users are unique by fold_name. The index takes the name of the one that it replaces, so the release before this one, which
-- knows that name, goes on reporting the violation as it did.

-- No release has written addresses yet, so no two of them can be one to the new index.
DROP INDEX CONCURRENTLY IF EXISTS users_email_key_folded;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_email_key_folded ON users
    (fold_name(email));
DROP INDEX CONCURRENTLY IF EXISTS users_email_key;
-- The name is the one that servers know.
-- squawk-ignore renaming-object
ALTER INDEX IF EXISTS users_email_key_folded RENAME TO users_email_key;
