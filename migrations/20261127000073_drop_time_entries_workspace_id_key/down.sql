ALTER TABLE time_entries ADD CONSTRAINT time_entries_workspace_id_key UNIQUE (workspace_id, id);
