ALTER TABLE idempotency_keys DROP COLUMN entry, DROP COLUMN entry_status;
