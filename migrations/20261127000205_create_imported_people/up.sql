-- Which member a person of an imported file is, so that a later file finds the same one: also when the member has changed the address since, or has
-- claimed the placeholder that the first file made.
CREATE TABLE imported_people (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- What the file says: the address, or the name where it has no address.
    email text,
    name text,
    created_at timestamptz NOT NULL,
    CONSTRAINT imported_people_pkey PRIMARY KEY (id),
    CONSTRAINT imported_people_member_fkey FOREIGN KEY (workspace_id, user_id)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT imported_people_known_by_one CHECK (num_nonnulls(email, name) = 1),
    CONSTRAINT imported_people_text_valid CHECK (char_length(coalesce(email, name)) BETWEEN 1 AND 255)
);
CREATE UNIQUE INDEX imported_people_email_key ON imported_people (workspace_id, fold_name(email)) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX imported_people_name_key ON imported_people (workspace_id, fold_name(name)) WHERE name IS NOT NULL;
CREATE INDEX imported_people_by_member ON imported_people (workspace_id, user_id);
