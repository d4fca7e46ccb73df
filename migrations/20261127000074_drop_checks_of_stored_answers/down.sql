ALTER TABLE idempotency_keys
    ADD CONSTRAINT idempotency_keys_key_valid CHECK (char_length(key) BETWEEN 1 AND 255),
    ADD CONSTRAINT idempotency_keys_digest_valid CHECK (octet_length(request_digest) = 32),
    ADD CONSTRAINT idempotency_keys_status_valid CHECK (response_status BETWEEN 200 AND 299);
