-- Who a user is for a single sign-on provider (OpenID Connect). The subject is the provider's name for the user, and never changes.
CREATE TABLE sign_on_identities (
    provider text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT sign_on_identities_pkey PRIMARY KEY (provider, subject),
    CONSTRAINT sign_on_identities_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sign_on_identities_provider_valid CHECK (provider ~ '^[a-z0-9_]{1,64}$'),
    CONSTRAINT sign_on_identities_subject_valid CHECK (char_length(subject) BETWEEN 1 AND 255)
);
-- One account of a provider for each user.
CREATE UNIQUE INDEX sign_on_identities_user_key ON sign_on_identities (user_id, provider);
