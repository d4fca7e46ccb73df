DROP TABLE report_schedule_recipients;
DROP TABLE report_schedules;
