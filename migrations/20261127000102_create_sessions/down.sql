DROP TABLE sessions;
DROP FUNCTION end_streams_of_sessions();
