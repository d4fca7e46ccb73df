ALTER TABLE categories DROP COLUMN position;
