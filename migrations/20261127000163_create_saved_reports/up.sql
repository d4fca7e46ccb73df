-- Reports that people come back to: a name, and the parameters of the question.
CREATE TABLE saved_reports (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    -- The owner of the report.
    user_id uuid NOT NULL,
    name text NOT NULL,
    -- The query string of the page that shows it. It may speak of ranges such as last month, which only the page knows.
    query text NOT NULL,
    -- Whether all members find it. Each sees in it what they may see.
    shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT saved_reports_pkey PRIMARY KEY (id),
    CONSTRAINT saved_reports_member_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT saved_reports_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255),
    CONSTRAINT saved_reports_query_valid CHECK (char_length(query) <= 4000)
);
CREATE INDEX saved_reports_by_member ON saved_reports (workspace_id, user_id, created_at, id);
CREATE TRIGGER saved_reports_revision BEFORE UPDATE ON saved_reports FOR EACH ROW EXECUTE FUNCTION bump_revision();
CREATE TRIGGER saved_reports_publish_insert AFTER INSERT ON saved_reports
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER saved_reports_publish_update AFTER UPDATE ON saved_reports
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
CREATE TRIGGER saved_reports_publish_delete AFTER DELETE ON saved_reports
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspace_change();
