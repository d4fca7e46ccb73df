DROP TABLE tags;
DROP TABLE categories;
DROP FUNCTION refuse_category_cycle();
DROP FUNCTION refuse_project_change();
DROP TABLE projects;
DROP TABLE clients;
