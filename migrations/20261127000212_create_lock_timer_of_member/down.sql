DROP FUNCTION lock_timer_of_member(bigint, uuid, uuid);
