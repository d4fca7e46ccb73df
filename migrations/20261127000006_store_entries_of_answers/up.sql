-- A start or stop of a timer is one statement, which stores its own answer: not the body, which the server makes, but the entry that the body
-- shows. response_status stays null, so that a server of the release before, which would send no body, refuses a replay instead.
ALTER TABLE idempotency_keys ADD COLUMN entry_status smallint, ADD COLUMN entry jsonb;
