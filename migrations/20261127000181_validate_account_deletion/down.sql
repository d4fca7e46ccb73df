-- A constraint that is valid cannot be made unchecked again: each is made anew as the migration before this one left it.
ALTER TABLE users DROP CONSTRAINT users_password_hash_valid;
ALTER TABLE users DROP CONSTRAINT users_password_has_address;
ALTER TABLE users ADD CONSTRAINT users_password_hash_valid CHECK (char_length(password_hash) BETWEEN 1 AND 255) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_password_has_address CHECK (password_hash IS NULL OR email IS NOT NULL) NOT VALID;
