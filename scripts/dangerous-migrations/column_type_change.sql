-- refused by: changing-column-type
ALTER TABLE time_entries ALTER COLUMN description TYPE bytea USING convert_to(description, 'UTF8');
