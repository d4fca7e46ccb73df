DROP TABLE memberships;
DROP TABLE workspaces;
DROP TABLE users;
DROP FUNCTION is_clean_name(text);
DROP FUNCTION bump_revision();
