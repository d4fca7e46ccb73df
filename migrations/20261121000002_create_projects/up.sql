-- What time is tracked on: clients have projects, projects hold trees of categories; tags lie across all of them.

CREATE TABLE clients (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT clients_pkey PRIMARY KEY (id),
    CONSTRAINT clients_workspace_id_key UNIQUE (workspace_id, id),
    CONSTRAINT clients_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT clients_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255)
);
CREATE UNIQUE INDEX clients_name_key ON clients (workspace_id, lower(name));
CREATE TRIGGER clients_revision BEFORE UPDATE ON clients FOR EACH ROW EXECUTE FUNCTION bump_revision();

CREATE TABLE projects (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    client_id uuid,
    name text NOT NULL,
    description text,
    color text NOT NULL,
    billable boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT projects_pkey PRIMARY KEY (id),
    CONSTRAINT projects_workspace_id_key UNIQUE (workspace_id, id),
    CONSTRAINT projects_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT projects_client_fkey FOREIGN KEY (workspace_id, client_id) REFERENCES clients (workspace_id, id),
    CONSTRAINT projects_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255),
    CONSTRAINT projects_description_valid CHECK (char_length(description) BETWEEN 1 AND 5000),
    CONSTRAINT projects_color_valid CHECK (color ~ '^#[0-9a-f]{6}$')
);
CREATE INDEX projects_by_client ON projects (workspace_id, client_id);
CREATE INDEX projects_by_workspace ON projects (workspace_id, created_at, id);
CREATE TRIGGER projects_revision BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION bump_revision();

CREATE TABLE categories (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    project_id uuid NOT NULL,
    parent_category_id uuid,
    name text NOT NULL,
    description text,
    color text,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT categories_pkey PRIMARY KEY (id),
    CONSTRAINT categories_project_id_key UNIQUE (workspace_id, project_id, id),
    CONSTRAINT categories_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id),
    -- The parent is a category of the same project: the key carries the project.
    CONSTRAINT categories_parent_fkey FOREIGN KEY (workspace_id, project_id, parent_category_id)
        REFERENCES categories (workspace_id, project_id, id),
    CONSTRAINT categories_not_own_parent CHECK (parent_category_id <> id),
    CONSTRAINT categories_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 1000),
    CONSTRAINT categories_description_valid CHECK (char_length(description) BETWEEN 1 AND 5000),
    CONSTRAINT categories_color_valid CHECK (color ~ '^#[0-9a-f]{6}$')
);
-- Siblings have different names. A name may be longer than an index entry (2,704 bytes), so the index holds 128 bits of
-- PostgreSQL's own hash of it; md5() would do as well but is switched off where FIPS rules.
CREATE UNIQUE INDEX categories_sibling_name_key ON categories
    (project_id, parent_category_id, hashtextextended(lower(name), 0), hashtextextended(lower(name), 1)) NULLS NOT DISTINCT;
CREATE INDEX categories_by_parent ON categories (workspace_id, project_id, parent_category_id);
CREATE INDEX categories_by_project ON categories (workspace_id, project_id, created_at, id);
CREATE TRIGGER categories_revision BEFORE UPDATE ON categories FOR EACH ROW EXECUTE FUNCTION bump_revision();

-- A category belongs to one project for life.
CREATE FUNCTION refuse_project_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a category cannot change its project'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'categories_project_fixed', TABLE = 'categories';
END
$$;
CREATE TRIGGER categories_project_fixed BEFORE UPDATE OF project_id, workspace_id ON categories
    FOR EACH ROW WHEN (NEW.project_id <> OLD.project_id OR NEW.workspace_id <> OLD.workspace_id)
    EXECUTE FUNCTION refuse_project_change();

-- No category is its own ancestor. Two moves in one project that are each harmless can make a cycle together, so they are put in
-- line by a lock on the project; each statement of this function has a fresh snapshot and sees what the other has committed.
CREATE FUNCTION refuse_category_cycle() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM projects WHERE id = NEW.project_id FOR NO KEY UPDATE;
    IF EXISTS (
        WITH RECURSIVE ancestors AS (
            SELECT c.id, c.parent_category_id FROM categories c WHERE c.id = NEW.parent_category_id
            UNION
            SELECT c.id, c.parent_category_id FROM categories c JOIN ancestors a ON c.id = a.parent_category_id
        )
        SELECT 1 FROM ancestors WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a category cannot be below itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'categories_acyclic', TABLE = 'categories';
    END IF;
    RETURN NULL;
END
$$;
-- AFTER, because rows of one INSERT may point at each other.
CREATE TRIGGER categories_acyclic AFTER INSERT OR UPDATE OF parent_category_id ON categories
    FOR EACH ROW WHEN (NEW.parent_category_id IS NOT NULL)
    EXECUTE FUNCTION refuse_category_cycle();

CREATE TABLE tags (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    color text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT tags_pkey PRIMARY KEY (id),
    CONSTRAINT tags_workspace_id_key UNIQUE (workspace_id, id),
    CONSTRAINT tags_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id),
    CONSTRAINT tags_name_valid CHECK (is_clean_name(name) AND char_length(name) <= 255),
    CONSTRAINT tags_color_valid CHECK (color ~ '^#[0-9a-f]{6}$')
);
CREATE UNIQUE INDEX tags_name_key ON tags (workspace_id, lower(name));
CREATE TRIGGER tags_revision BEFORE UPDATE ON tags FOR EACH ROW EXECUTE FUNCTION bump_revision();
