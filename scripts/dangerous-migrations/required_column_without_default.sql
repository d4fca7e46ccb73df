-- refused by: adding-required-field
ALTER TABLE projects ADD COLUMN budget_seconds bigint NOT NULL;
