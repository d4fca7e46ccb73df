-- A constraint that is valid cannot be made unchecked again: it is made anew as the migration before this one left it.
ALTER TABLE time_entries DROP CONSTRAINT time_entries_placeholder_not_running;
ALTER TABLE time_entries ADD CONSTRAINT time_entries_placeholder_not_running
    CHECK (stopped_at IS NOT NULL OR NOT is_placeholder_id(user_id)) NOT VALID;
