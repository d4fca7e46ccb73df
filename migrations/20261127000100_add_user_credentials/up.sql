-- What a user signs in with, and what the installation may do with the account.
--
-- Null password_hash: the user has no password, and signs in elsewhere or not at all. The hash is a PHC string of argon2id.
ALTER TABLE users ADD COLUMN password_hash text;
ALTER TABLE users ADD COLUMN password_changed_at timestamptz;
-- Null until the user has shown that mail to the address arrives.
ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
-- A disabled user signs in nowhere; sessions and tokens stop with it.
ALTER TABLE users ADD COLUMN disabled_at timestamptz;
-- Runs the installation. Sees no entries by that alone.
ALTER TABLE users ADD COLUMN administrator boolean NOT NULL DEFAULT false;

ALTER TABLE users ADD CONSTRAINT users_password_hash_valid CHECK (char_length(password_hash) BETWEEN 1 AND 255) NOT VALID;
-- A password without an address cannot be used.
ALTER TABLE users ADD CONSTRAINT users_password_has_address CHECK (password_hash IS NULL OR email IS NOT NULL) NOT VALID;
