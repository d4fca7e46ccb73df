-- A deleted workspace has no members, so no request finds it; a job deletes its rows. The release before reads memberships as well.
ALTER TABLE workspaces ADD COLUMN deleted_at timestamptz;
