-- The second factor of a user: the secret of an authenticator app (RFC 6238), and codes for the day on which the app is lost.
CREATE TABLE second_factors (
    user_id uuid NOT NULL,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- Null until the user has shown a code of it.
    confirmed_at timestamptz,
    -- The time step of the last code that was taken: no code is taken twice.
    last_step bigint NOT NULL,
    CONSTRAINT second_factors_pkey PRIMARY KEY (user_id),
    CONSTRAINT second_factors_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT second_factors_secret_valid CHECK (octet_length(secret) = 20)
);

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL,
    code_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_sha256),
    CONSTRAINT recovery_codes_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT recovery_codes_code_valid CHECK (octet_length(code_sha256) = 32)
);
