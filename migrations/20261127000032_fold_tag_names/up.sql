-- Tags are unique by fold_name. The index takes the name of the one that it replaces, so the release before this one, which
-- knows that name, goes on reporting the violation as it did.

-- Names that were different to the old index may be one to the new index: Ärger and ärger where LC_CTYPE is C, or é as one character and
-- as two. Then the younger ones get the end of their id behind the name, so that people can tell them apart and rename or merge them.
WITH doubles AS (
    SELECT id, row_number() OVER (PARTITION BY workspace_id, fold_name(name) ORDER BY created_at, id) AS number FROM tags
)
UPDATE tags SET name = left(tags.name, 240) || ' (' || right(tags.id::text, 8) || ')', updated_at = clock_timestamp()
FROM doubles WHERE doubles.id = tags.id AND doubles.number > 1;

DROP INDEX CONCURRENTLY IF EXISTS tags_name_key_folded;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS tags_name_key_folded ON tags
    (workspace_id, fold_name(name));
DROP INDEX CONCURRENTLY IF EXISTS tags_name_key;
-- The name is the one that servers know.
-- squawk-ignore renaming-object
ALTER INDEX IF EXISTS tags_name_key_folded RENAME TO tags_name_key;
