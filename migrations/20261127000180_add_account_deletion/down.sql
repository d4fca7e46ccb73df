ALTER TABLE users DROP CONSTRAINT users_erased_is_disabled;
ALTER TABLE users DROP COLUMN erased_at;
ALTER TABLE users DROP COLUMN deletion_due_at;
