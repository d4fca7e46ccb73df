ALTER TABLE time_entries DROP CONSTRAINT time_entries_placeholder_not_running;
ALTER TABLE time_entries ADD CONSTRAINT time_entries_placeholder_not_running
    CHECK (stopped_at IS NOT NULL OR NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE time_entries VALIDATE CONSTRAINT time_entries_placeholder_not_running;
