-- How the page shows things to a person: here and not in the browser, so that all devices agree.
--
-- Null until the person chooses; the page then goes by the browser. The columns are many and not one of jsonb, so that each value has its
-- CHECK and a release that knows one more adds it beside the others.
ALTER TABLE users ADD COLUMN language text;
ALTER TABLE users ADD COLUMN hour_cycle text;
ALTER TABLE users ADD COLUMN first_day_of_week text;
ALTER TABLE users ADD COLUMN duration_format text;
ALTER TABLE users ADD COLUMN density text;
ALTER TABLE users ADD COLUMN theme text;
-- Shortcuts of a single letter can be switched off (WCAG 2.1.4).
ALTER TABLE users ADD COLUMN single_key_shortcuts boolean NOT NULL DEFAULT true;

-- Any language tag: which languages there are, the release knows, and a later one may know more.
ALTER TABLE users ADD CONSTRAINT users_language_valid CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$') NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_hour_cycle_valid CHECK (hour_cycle IN ('12h', '24h')) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_first_day_of_week_valid CHECK (
    first_day_of_week IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_duration_format_valid CHECK (duration_format IN ('h:mm', 'h:mm:ss', 'decimal')) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_density_valid CHECK (density IN ('comfortable', 'compact')) NOT VALID;
ALTER TABLE users ADD CONSTRAINT users_theme_valid CHECK (theme IN ('light', 'dark')) NOT VALID;
