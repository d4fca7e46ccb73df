DROP FUNCTION branch_is_archived(uuid);
