-- All rows are null where the checks of the migration before look; this reads them without keeping anyone from writing.
ALTER TABLE users VALIDATE CONSTRAINT users_language_valid;
ALTER TABLE users VALIDATE CONSTRAINT users_hour_cycle_valid;
ALTER TABLE users VALIDATE CONSTRAINT users_first_day_of_week_valid;
ALTER TABLE users VALIDATE CONSTRAINT users_duration_format_valid;
ALTER TABLE users VALIDATE CONSTRAINT users_density_valid;
ALTER TABLE users VALIDATE CONSTRAINT users_theme_valid;
