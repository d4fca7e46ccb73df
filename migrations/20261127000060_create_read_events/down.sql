DROP FUNCTION read_events(bigint, bigint[], uuid[], uuid[], integer);
