-- refused by: renaming-column
ALTER TABLE projects RENAME COLUMN name TO title;
