-- The order of siblings that people have chosen. Null until they have: such a category comes after those with a position, by its name.
ALTER TABLE categories ADD COLUMN position integer;
ALTER TABLE categories ADD CONSTRAINT categories_position_valid CHECK (position >= 1) NOT VALID;
