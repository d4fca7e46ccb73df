-- A constraint that is valid cannot be made unchecked again: it is made anew as the migration before this one left it.
ALTER TABLE users DROP CONSTRAINT users_erased_is_disabled;
ALTER TABLE users ADD CONSTRAINT users_erased_is_disabled CHECK (erased_at IS NULL
    OR (disabled_at IS NOT NULL AND email IS NULL AND password_hash IS NULL AND NOT administrator)) NOT VALID;
