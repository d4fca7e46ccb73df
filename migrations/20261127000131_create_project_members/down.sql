CREATE OR REPLACE TRIGGER projects_publish_insert AFTER INSERT ON projects
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('project');
CREATE OR REPLACE TRIGGER projects_publish_update AFTER UPDATE ON projects
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('project');
CREATE OR REPLACE TRIGGER projects_publish_delete AFTER DELETE ON projects
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('project');
CREATE OR REPLACE TRIGGER categories_publish_insert AFTER INSERT ON categories
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('category');
CREATE OR REPLACE TRIGGER categories_publish_update AFTER UPDATE ON categories
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('category');
CREATE OR REPLACE TRIGGER categories_publish_delete AFTER DELETE ON categories
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('category');
DROP TABLE project_members;
DROP FUNCTION publish_project_members();
DROP FUNCTION publish_categories();
DROP FUNCTION publish_projects();
DROP FUNCTION viewers_of_private_project(uuid, uuid);
