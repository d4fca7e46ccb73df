-- refused by: adding-not-nullable-field
ALTER TABLE projects ALTER COLUMN client_id SET NOT NULL;
