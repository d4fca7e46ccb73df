-- The deletion of an account: asked for, undone for a week, and then done by a job. The row stays, without anything personal: entries in workspaces of
-- others go on pointing at it.
--
-- Null until the user has asked. The release before does not know the columns: it disables, and so it signs nobody in whose account is deleted.
ALTER TABLE users ADD COLUMN deletion_due_at timestamptz;
-- Null until the job has run.
ALTER TABLE users ADD COLUMN erased_at timestamptz;

-- What is left of an erased account signs in nowhere, and has no address.
ALTER TABLE users ADD CONSTRAINT users_erased_is_disabled CHECK (erased_at IS NULL
    OR (disabled_at IS NOT NULL AND email IS NULL AND password_hash IS NULL AND NOT administrator)) NOT VALID;
