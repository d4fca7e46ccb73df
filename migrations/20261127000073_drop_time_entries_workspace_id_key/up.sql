-- Every write of an entry added to this index, and an import of 400,000 rows to as many places of it. It was there for the foreign key of
-- time_entry_tags only: the primary key finds an entry by its id as well, and the workspace is compared then.
-- squawk-ignore ban-drop-constraint
ALTER TABLE time_entries DROP CONSTRAINT time_entries_workspace_id_key;
