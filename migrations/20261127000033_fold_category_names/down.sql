DROP INDEX CONCURRENTLY IF EXISTS categories_sibling_name_key_lower;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS categories_sibling_name_key_lower ON categories
    (project_id, parent_category_id, hashtextextended(lower(name), 0), hashtextextended(lower(name), 1)) NULLS NOT DISTINCT;
DROP INDEX CONCURRENTLY IF EXISTS categories_sibling_name_key;
ALTER INDEX IF EXISTS categories_sibling_name_key_lower RENAME TO categories_sibling_name_key;
