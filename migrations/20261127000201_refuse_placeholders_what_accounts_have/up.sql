-- What only accounts have, placeholders have not, whatever the server forgets to check: nothing to sign in with, nothing that opens or sends anything in
-- their name, and no rights.
ALTER TABLE sessions ADD CONSTRAINT sessions_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE one_time_tokens ADD CONSTRAINT one_time_tokens_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE known_devices ADD CONSTRAINT known_devices_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE second_factors ADD CONSTRAINT second_factors_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE recovery_codes ADD CONSTRAINT recovery_codes_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE sign_on_identities ADD CONSTRAINT sign_on_identities_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE data_exports ADD CONSTRAINT data_exports_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE calendar_feeds ADD CONSTRAINT calendar_feeds_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE saved_reports ADD CONSTRAINT saved_reports_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE report_schedule_recipients ADD CONSTRAINT report_schedule_recipients_not_of_placeholder
    CHECK (NOT is_placeholder_id(user_id)) NOT VALID;
ALTER TABLE invitations ADD CONSTRAINT invitations_not_by_placeholder
    CHECK (NOT is_placeholder_id(invited_by)) NOT VALID;
ALTER TABLE project_members ADD CONSTRAINT project_members_lead_has_account
    CHECK (NOT (lead AND is_placeholder_id(user_id))) NOT VALID;

-- The placeholder that the invited user claims by accepting. Null where there is none, and once the invitation is accepted or revoked.
ALTER TABLE invitations ADD COLUMN placeholder_id uuid;
ALTER TABLE invitations ADD CONSTRAINT invitations_placeholder_valid
    CHECK (placeholder_id IS NULL OR is_placeholder_id(placeholder_id)) NOT VALID;
ALTER TABLE invitations ADD CONSTRAINT invitations_placeholder_fkey
    FOREIGN KEY (workspace_id, placeholder_id)
    REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE NOT VALID;
