-- A constraint that is valid cannot be made unchecked again: it is made anew as the migration before this one left it.
ALTER TABLE time_entries DROP CONSTRAINT time_entries_placeholder_not_running;
ALTER TABLE time_entries ADD CONSTRAINT time_entries_placeholder_not_running
    CHECK (stopped_at IS NOT NULL OR get_byte(uuid_send(user_id), 6) >> 4 <> 8) NOT VALID;
