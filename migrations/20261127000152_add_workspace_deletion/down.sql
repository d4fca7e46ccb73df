ALTER TABLE workspaces DROP COLUMN deleted_at;
