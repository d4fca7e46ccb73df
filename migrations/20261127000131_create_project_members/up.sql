-- Who is in a project. It matters for private projects, and for leads, who see and change everybody's entries of the project.

CREATE TABLE project_members (
    workspace_id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    lead boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT project_members_pkey PRIMARY KEY (workspace_id, project_id, user_id),
    CONSTRAINT project_members_project_fkey FOREIGN KEY (workspace_id, project_id)
        REFERENCES projects (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT project_members_member_fkey FOREIGN KEY (workspace_id, user_id)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE
);
CREATE INDEX project_members_by_user ON project_members (workspace_id, user_id, lead);
CREATE TRIGGER project_members_revision BEFORE UPDATE ON project_members FOR EACH ROW EXECUTE FUNCTION bump_revision();

-- The members of a workspace who see one of its private projects. crates/core/src/access has the same in Rust, and a test compares.
CREATE FUNCTION viewers_of_private_project(workspace uuid, project uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE
AS $$
    SELECT m.user_id FROM memberships m
    WHERE m.workspace_id = workspace AND m.left_at IS NULL AND (m.role <> 'member' OR EXISTS (
        SELECT FROM project_members p WHERE p.workspace_id = workspace AND p.project_id = project AND p.user_id = m.user_id))
$$;

-- Live updates of projects: an open one is told to all members, a private one to those who see it. When a project becomes private, it is gone
-- for everybody else.
CREATE FUNCTION publish_projects() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- Whoever could not see a deleted project learns an id that nothing has.
        IF (SELECT count(*) FROM old_rows) > events_per_statement() THEN
            INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, 'project', 'deleted' FROM old_rows;
        ELSE
            INSERT INTO events (workspace_id, kind, change, object_id) SELECT workspace_id, 'project', 'deleted', id FROM old_rows;
        END IF;
        RETURN NULL;
    END IF;
    -- Of many at once a list is asked for, which has what each member may see.
    IF (SELECT count(*) FROM new_rows) > events_per_statement() THEN
        INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, 'project', event_change(TG_OP) FROM new_rows;
        RETURN NULL;
    END IF;
    INSERT INTO events (workspace_id, kind, change, object_id, revision)
    SELECT workspace_id, 'project', event_change(TG_OP), id, revision FROM new_rows WHERE NOT private;
    IF EXISTS (SELECT FROM new_rows WHERE private) THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT n.workspace_id, v.user_id, 'project', event_change(TG_OP), n.id, n.revision
        FROM new_rows n CROSS JOIN LATERAL viewers_of_private_project(n.workspace_id, n.id) AS v (user_id) WHERE n.private;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id)
        SELECT n.workspace_id, m.user_id, 'project', 'deleted', n.id
        FROM new_rows n JOIN old_rows o ON o.id = n.id
        JOIN memberships m ON m.workspace_id = n.workspace_id AND m.left_at IS NULL
        WHERE n.private AND NOT o.private AND m.user_id NOT IN (SELECT viewers_of_private_project(n.workspace_id, n.id));
        -- With the project its categories appear.
        INSERT INTO events (workspace_id, kind, change)
        SELECT DISTINCT n.workspace_id, 'category', 'updated' FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE n.private <> o.private;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER projects_publish_insert AFTER INSERT ON projects
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_projects();
CREATE OR REPLACE TRIGGER projects_publish_update AFTER UPDATE ON projects
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_projects();
CREATE OR REPLACE TRIGGER projects_publish_delete AFTER DELETE ON projects
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_projects();

-- The same for categories. Of many at once a list is asked for, which has what each may see.
CREATE FUNCTION publish_categories() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT count(*) FROM old_rows) > events_per_statement() THEN
            INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, 'category', 'deleted' FROM old_rows;
        ELSE
            INSERT INTO events (workspace_id, kind, change, object_id) SELECT workspace_id, 'category', 'deleted', id FROM old_rows;
        END IF;
    ELSIF (SELECT count(*) FROM new_rows) > events_per_statement() THEN
        INSERT INTO events (workspace_id, kind, change)
        SELECT DISTINCT workspace_id, 'category', event_change(TG_OP) FROM new_rows;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT n.workspace_id, v.user_id, 'category', event_change(TG_OP), n.id, n.revision
        FROM new_rows n JOIN projects p ON p.id = n.project_id
        CROSS JOIN LATERAL (
            SELECT NULL::uuid AS user_id WHERE NOT p.private
            UNION ALL SELECT w.user_id FROM viewers_of_private_project(p.workspace_id, p.id) AS w (user_id) WHERE p.private
        ) AS v;
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER categories_publish_insert AFTER INSERT ON categories
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_categories();
CREATE OR REPLACE TRIGGER categories_publish_update AFTER UPDATE ON categories
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_categories();
CREATE OR REPLACE TRIGGER categories_publish_delete AFTER DELETE ON categories
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_categories();

-- Who comes to a project or leaves it is told so, and the project has changed for all who see it.
CREATE FUNCTION publish_project_members() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT o.workspace_id, o.user_id, 'project', CASE WHEN seen THEN 'updated' ELSE 'deleted' END, p.id,
            CASE WHEN seen THEN p.revision END
        FROM old_rows o JOIN projects p ON p.workspace_id = o.workspace_id AND p.id = o.project_id
        CROSS JOIN LATERAL (
            SELECT NOT p.private OR o.user_id IN (SELECT viewers_of_private_project(p.workspace_id, p.id)) AS seen
        ) AS sight;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT n.workspace_id, n.user_id, 'project', 'updated', p.id, p.revision
        FROM new_rows n JOIN projects p ON p.workspace_id = n.workspace_id AND p.id = n.project_id;
        INSERT INTO events (workspace_id, user_id, kind, change)
        SELECT DISTINCT n.workspace_id, n.user_id, 'category', 'updated'
        FROM new_rows n JOIN projects p ON p.workspace_id = n.workspace_id AND p.id = n.project_id WHERE p.private;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER project_members_publish_insert AFTER INSERT ON project_members
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_project_members();
CREATE TRIGGER project_members_publish_update AFTER UPDATE ON project_members
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_project_members();
CREATE TRIGGER project_members_publish_delete AFTER DELETE ON project_members
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_project_members();
