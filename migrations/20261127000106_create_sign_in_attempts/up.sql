-- Wrong tries to sign in, so that the next ones have to wait longer and longer.
--
-- The subject is the SHA-256 of an account, a network, or both: the table is no list of addresses.
CREATE TABLE sign_in_attempts (
    subject bytea NOT NULL,
    failures integer NOT NULL,
    last_failed_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (subject),
    CONSTRAINT sign_in_attempts_subject_valid CHECK (octet_length(subject) = 32),
    CONSTRAINT sign_in_attempts_failures_valid CHECK (failures >= 0)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_failed_at);

-- Browsers in which a user has signed in before. Wrong tries of strangers do not hold these up, and a sign-in elsewhere is told.
CREATE TABLE known_devices (
    user_id uuid NOT NULL,
    token_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT known_devices_pkey PRIMARY KEY (user_id, token_sha256),
    CONSTRAINT known_devices_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT known_devices_token_valid CHECK (octet_length(token_sha256) = 32)
);
CREATE INDEX known_devices_by_age ON known_devices (last_seen_at);
