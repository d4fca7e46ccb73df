-- Siblings among categories are unique by fold_name. The index takes the name of the one that it replaces, so the release before this one, which
-- knows that name, goes on reporting the violation as it did.

-- Names that were different to the old index may be one to the new index: Ärger and ärger where LC_CTYPE is C, or é as one character and
-- as two. Then the younger ones get the end of their id behind the name, so that people can tell them apart and rename or merge them.
WITH doubles AS (
    SELECT id, row_number() OVER (PARTITION BY project_id, parent_category_id, fold_name(name) ORDER BY created_at, id) AS number FROM categories
)
UPDATE categories SET name = left(categories.name, 980) || ' (' || right(categories.id::text, 8) || ')', updated_at = clock_timestamp()
FROM doubles WHERE doubles.id = categories.id AND doubles.number > 1;

DROP INDEX CONCURRENTLY IF EXISTS categories_sibling_name_key_folded;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS categories_sibling_name_key_folded ON categories
    (project_id, parent_category_id, hashtextextended(fold_name(name), 0), hashtextextended(fold_name(name), 1)) NULLS NOT DISTINCT;
DROP INDEX CONCURRENTLY IF EXISTS categories_sibling_name_key;
-- The name is the one that servers know.
-- squawk-ignore renaming-object
ALTER INDEX IF EXISTS categories_sibling_name_key_folded RENAME TO categories_sibling_name_key;
