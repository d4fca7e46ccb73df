-- A constraint that is valid cannot be made unchecked again: it is made anew as the migration before this one left it.
ALTER TABLE categories DROP CONSTRAINT categories_position_valid;
ALTER TABLE categories ADD CONSTRAINT categories_position_valid CHECK (position >= 1) NOT VALID;
