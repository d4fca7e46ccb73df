-- refused by: ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS projects_by_colour ON projects (color);
ALTER TABLE projects ADD COLUMN budget_seconds bigint;
