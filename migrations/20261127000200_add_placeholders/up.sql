-- Placeholders: members without an account, which an import makes for people of a file whom the workspace does not know. A placeholder is a row of
-- users with a name and nothing else, and a membership of one workspace. When somebody claims it, its entries become theirs and the placeholder goes.
--
-- The id says what a user is: those of placeholders are UUIDs of version 8, those of accounts have another version. So a CHECK can tell, also on tables
-- that are written at every start of a timer.
CREATE FUNCTION is_placeholder_id(id uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN get_byte(uuid_send(id), 6) >> 4 = 8;

-- No address: that of the file is in imported_people, so it takes no address away from an account. The release before knows no placeholders, and signs
-- in nobody without an address.
ALTER TABLE users ADD CONSTRAINT users_placeholder_has_no_account CHECK (NOT is_placeholder_id(id)
    OR (email IS NULL AND password_hash IS NULL AND email_verified_at IS NULL AND NOT administrator AND deletion_due_at IS NULL)) NOT VALID;

-- The member whose the entries of the placeholder are about to become: a job moves them.
ALTER TABLE memberships ADD COLUMN claimed_by uuid;
ALTER TABLE memberships ADD COLUMN claimed_at timestamptz;
ALTER TABLE memberships ADD CONSTRAINT memberships_placeholder_is_member CHECK (NOT is_placeholder_id(user_id) OR role = 'member') NOT VALID;
ALTER TABLE memberships ADD CONSTRAINT memberships_claim_valid CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)
    AND (claimed_by IS NULL OR (is_placeholder_id(user_id) AND NOT is_placeholder_id(claimed_by)))) NOT VALID;
-- Memberships are deleted only with the workspace, or with a placeholder.
ALTER TABLE memberships ADD CONSTRAINT memberships_claimer_fkey FOREIGN KEY (workspace_id, claimed_by)
    REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE NOT VALID;

-- What is left of a placeholder without its membership is a name that nothing refers to.
CREATE FUNCTION delete_user_of_placeholder() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM users WHERE id = OLD.user_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER memberships_delete_placeholder AFTER DELETE ON memberships
    FOR EACH ROW WHEN (is_placeholder_id(OLD.user_id)) EXECUTE FUNCTION delete_user_of_placeholder();
