DROP INDEX CONCURRENTLY IF EXISTS clients_name_key_lower;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS clients_name_key_lower ON clients
    (workspace_id, lower(name));
DROP INDEX CONCURRENTLY IF EXISTS clients_name_key;
ALTER INDEX IF EXISTS clients_name_key_lower RENAME TO clients_name_key;
