-- A constraint that is valid cannot be made unchecked again: each is made anew as the migration before this one left it.
ALTER TABLE users DROP CONSTRAINT users_language_valid;
ALTER TABLE users DROP CONSTRAINT users_hour_cycle_valid;
ALTER TABLE users DROP CONSTRAINT users_first_day_of_week_valid;
ALTER TABLE users DROP CONSTRAINT users_duration_format_valid;
ALTER TABLE users DROP CONSTRAINT users_density_valid;
ALTER TABLE users DROP CONSTRAINT users_theme_valid;
ALTER TABLE users ADD CONSTRAINT users_language_valid CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$') NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_hour_cycle_valid CHECK (hour_cycle IN ('12h', '24h')) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_first_day_of_week_valid CHECK (
    first_day_of_week IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_duration_format_valid CHECK (duration_format IN ('h:mm', 'h:mm:ss', 'decimal')) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_density_valid CHECK (density IN ('comfortable', 'compact')) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_theme_valid CHECK (theme IN ('light', 'dark')) NOT VALID;
