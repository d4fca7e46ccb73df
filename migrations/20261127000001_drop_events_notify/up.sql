-- Commits send no notification any more.
--
-- PostgreSQL takes one lock for the whole cluster when a transaction that notifies commits, and keeps it while the commit is flushed to
-- the disk and acknowledged by a synchronous standby. With the trigger, commits that write events followed one another, each with a
-- flush of its own. A server now wakes its own subscribers after a commit, and notifies the other servers from a transaction that
-- writes nothing, which is not flushed. The log and the triggers that write it stay.
--
-- A server of the release before receives these notifications too, and polls the log every five seconds besides.
DROP TRIGGER events_notify ON events;
-- Only that trigger called it: it returns a trigger, so no client can.
-- squawk-ignore ban-drop-function
DROP FUNCTION notify_events();
