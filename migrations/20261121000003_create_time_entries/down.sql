DROP TABLE deleted_time_entries;
DROP TABLE time_entry_tags;
DROP TABLE time_entries;
