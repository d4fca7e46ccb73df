DROP INDEX CONCURRENTLY IF EXISTS categories_by_workspace;
