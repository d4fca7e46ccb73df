-- Reads all entries, without keeping anyone from writing.
ALTER TABLE time_entries VALIDATE CONSTRAINT time_entries_placeholder_not_running;
