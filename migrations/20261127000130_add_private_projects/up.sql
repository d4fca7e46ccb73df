-- A private project is seen and tracked by its members, and by those whose role sees all projects.
--
-- The release before shows private projects to everybody. Make projects private only when no server of it runs any more.
ALTER TABLE projects ADD COLUMN private boolean NOT NULL DEFAULT false;
