DROP TABLE job_schedules;
DROP TABLE jobs;
DROP FUNCTION notify_jobs();
