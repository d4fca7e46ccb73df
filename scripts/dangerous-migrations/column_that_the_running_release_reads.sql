-- refused by: ban-drop-column
ALTER TABLE projects DROP COLUMN description;
