-- A constraint that is valid cannot be made unchecked again: each is made anew as the migrations before this one left it.
ALTER TABLE users DROP CONSTRAINT users_placeholder_has_no_account;
ALTER TABLE users ADD CONSTRAINT users_placeholder_has_no_account
    CHECK (NOT is_placeholder_id(id)
    OR (email IS NULL AND password_hash IS NULL AND email_verified_at IS NULL AND NOT administrator AND deletion_due_at IS NULL)) NOT VALID;
ALTER TABLE memberships DROP CONSTRAINT memberships_placeholder_is_member;
ALTER TABLE memberships ADD CONSTRAINT memberships_placeholder_is_member
    CHECK (NOT is_placeholder_id(user_id) OR role = 'member') NOT VALID;
ALTER TABLE memberships DROP CONSTRAINT memberships_claim_valid;
ALTER TABLE memberships ADD CONSTRAINT memberships_claim_valid
    CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)
    AND (claimed_by IS NULL OR (is_placeholder_id(user_id) AND NOT is_placeholder_id(claimed_by)))) NOT VALID;
ALTER TABLE memberships DROP CONSTRAINT memberships_claimer_fkey;
ALTER TABLE memberships ADD CONSTRAINT memberships_claimer_fkey
    FOREIGN KEY (workspace_id, claimed_by)
    REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE NOT VALID;
ALTER TABLE sessions DROP CONSTRAINT sessions_not_of_placeholder;
ALTER TABLE sessions ADD CONSTRAINT sessions_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE api_tokens DROP CONSTRAINT api_tokens_not_of_placeholder;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE one_time_tokens DROP CONSTRAINT one_time_tokens_not_of_placeholder;
ALTER TABLE one_time_tokens ADD CONSTRAINT one_time_tokens_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE known_devices DROP CONSTRAINT known_devices_not_of_placeholder;
ALTER TABLE known_devices ADD CONSTRAINT known_devices_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE second_factors DROP CONSTRAINT second_factors_not_of_placeholder;
ALTER TABLE second_factors ADD CONSTRAINT second_factors_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE recovery_codes DROP CONSTRAINT recovery_codes_not_of_placeholder;
ALTER TABLE recovery_codes ADD CONSTRAINT recovery_codes_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE sign_on_identities DROP CONSTRAINT sign_on_identities_not_of_placeholder;
ALTER TABLE sign_on_identities ADD CONSTRAINT sign_on_identities_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE data_exports DROP CONSTRAINT data_exports_not_of_placeholder;
ALTER TABLE data_exports ADD CONSTRAINT data_exports_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE calendar_feeds DROP CONSTRAINT calendar_feeds_not_of_placeholder;
ALTER TABLE calendar_feeds ADD CONSTRAINT calendar_feeds_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE saved_reports DROP CONSTRAINT saved_reports_not_of_placeholder;
ALTER TABLE saved_reports ADD CONSTRAINT saved_reports_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE report_schedule_recipients DROP CONSTRAINT report_schedule_recipients_not_of_placeholder;
ALTER TABLE report_schedule_recipients ADD CONSTRAINT report_schedule_recipients_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE invitations DROP CONSTRAINT invitations_not_by_placeholder;
ALTER TABLE invitations ADD CONSTRAINT invitations_not_by_placeholder
    CHECK (NOT is_placeholder_id(invited_by)) NOT VALID;
ALTER TABLE project_members DROP CONSTRAINT project_members_lead_has_account;
ALTER TABLE project_members ADD CONSTRAINT project_members_lead_has_account
    CHECK (NOT (lead AND is_placeholder_id(user_id))) NOT VALID;
ALTER TABLE invitations DROP CONSTRAINT invitations_placeholder_valid;
ALTER TABLE invitations ADD CONSTRAINT invitations_placeholder_valid
    CHECK (placeholder_id IS NULL OR is_placeholder_id(placeholder_id)) NOT VALID;
ALTER TABLE invitations DROP CONSTRAINT invitations_placeholder_fkey;
ALTER TABLE invitations ADD CONSTRAINT invitations_placeholder_fkey
    FOREIGN KEY (workspace_id, placeholder_id)
    REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE NOT VALID;
