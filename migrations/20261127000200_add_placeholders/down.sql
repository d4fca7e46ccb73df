DROP TRIGGER memberships_delete_placeholder ON memberships;
DROP FUNCTION delete_user_of_placeholder();
ALTER TABLE memberships DROP CONSTRAINT memberships_claimer_fkey;
ALTER TABLE memberships DROP CONSTRAINT memberships_claim_valid;
ALTER TABLE memberships DROP CONSTRAINT memberships_placeholder_is_member;
ALTER TABLE memberships DROP COLUMN claimed_at;
ALTER TABLE memberships DROP COLUMN claimed_by;
ALTER TABLE users DROP CONSTRAINT users_placeholder_has_no_account;
DROP FUNCTION is_placeholder_id(uuid);
