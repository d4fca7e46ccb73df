-- Answers to requests that carried an Idempotency-Key. A row is written in the transaction of the effect that it answers for:
-- either both are there or neither, and a second request with the key waits for the first at the primary key.

CREATE TABLE idempotency_keys (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    key text NOT NULL,
    -- SHA-256 of method, path and body: the same key with another request is a mistake of the caller.
    request_digest bytea NOT NULL,
    -- Null only inside the transaction that is working out the answer.
    response_status smallint,
    response_etag text,
    response_body bytea,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, user_id, key),
    CONSTRAINT idempotency_keys_member_fkey FOREIGN KEY (workspace_id, user_id)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT idempotency_keys_key_valid CHECK (char_length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_digest_valid CHECK (octet_length(request_digest) = 32),
    CONSTRAINT idempotency_keys_status_valid CHECK (response_status BETWEEN 200 AND 299)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
