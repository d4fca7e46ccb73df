ALTER TABLE projects DROP COLUMN private;
