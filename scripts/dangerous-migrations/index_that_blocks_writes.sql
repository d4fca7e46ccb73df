-- refused by: require-concurrent-index-creation
CREATE INDEX time_entries_by_description ON time_entries (description);
