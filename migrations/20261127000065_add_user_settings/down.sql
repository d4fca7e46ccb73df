ALTER TABLE users DROP COLUMN single_key_shortcuts;
ALTER TABLE users DROP COLUMN theme;
ALTER TABLE users DROP COLUMN density;
ALTER TABLE users DROP COLUMN duration_format;
ALTER TABLE users DROP COLUMN first_day_of_week;
ALTER TABLE users DROP COLUMN hour_cycle;
ALTER TABLE users DROP COLUMN language;
