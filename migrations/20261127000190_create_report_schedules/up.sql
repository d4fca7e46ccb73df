-- Saved reports that are sent by mail again and again, with what the member who saved the report may see at that moment.
CREATE TABLE report_schedules (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    saved_report_id uuid NOT NULL,
    format text NOT NULL,
    -- Whether the file has amounts. The member who saved the report must be permitted to see them whenever it is sent.
    amounts boolean NOT NULL,
    every text NOT NULL,
    -- Of every week.
    weekday text,
    -- Of every month. The last day is every month_end.
    month_day smallint,
    -- The time of day, in minutes since midnight on the clocks of the time zone.
    day_minute smallint NOT NULL,
    time_zone text NOT NULL,
    -- Computed by the server, whose rules of time zones decide. Null while the schedule is paused.
    next_run_at timestamptz,
    -- When the schedule last ran, and what came of it; both null before the first time.
    last_run_at timestamptz,
    last_outcome text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT report_schedules_pkey PRIMARY KEY (id),
    CONSTRAINT report_schedules_workspace_key UNIQUE (workspace_id, id),
    CONSTRAINT report_schedules_saved_report_fkey FOREIGN KEY (workspace_id, saved_report_id)
        REFERENCES saved_reports (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT report_schedules_format_valid CHECK (format IN ('pdf', 'xlsx')),
    CONSTRAINT report_schedules_every_valid CHECK (every IN ('day', 'week', 'month', 'month_end')),
    CONSTRAINT report_schedules_weekday_valid CHECK ((every = 'week') = (weekday IS NOT NULL)
        AND weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    CONSTRAINT report_schedules_month_day_valid CHECK ((every = 'month') = (month_day IS NOT NULL) AND month_day BETWEEN 1 AND 28),
    CONSTRAINT report_schedules_day_minute_valid CHECK (day_minute BETWEEN 0 AND 1439),
    CONSTRAINT report_schedules_time_zone_valid CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    CONSTRAINT report_schedules_last_outcome_valid CHECK ((last_run_at IS NULL) = (last_outcome IS NULL) AND last_outcome ~ '^[a-z_]{1,64}$')
);
CREATE INDEX report_schedules_by_saved_report ON report_schedules (workspace_id, saved_report_id, created_at, id);
CREATE INDEX report_schedules_due ON report_schedules (next_run_at, id) WHERE next_run_at IS NOT NULL;
-- A run is no change of the schedule: what a run writes leaves updated_at alone.
CREATE TRIGGER report_schedules_revision BEFORE UPDATE OF updated_at ON report_schedules
    FOR EACH ROW EXECUTE FUNCTION bump_revision();

-- The members whom a schedule sends its report to.
CREATE TABLE report_schedule_recipients (
    workspace_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- The secret of the link that takes the member off the list. It stands in every message, and opens nothing, so it is stored as it is.
    stop_token text NOT NULL,
    -- The run whose message the member was last sent: an attempt after a failure leaves out who has it.
    sent_for timestamptz,
    CONSTRAINT report_schedule_recipients_pkey PRIMARY KEY (workspace_id, schedule_id, user_id),
    CONSTRAINT report_schedule_recipients_stop_token_key UNIQUE (stop_token),
    CONSTRAINT report_schedule_recipients_schedule_fkey FOREIGN KEY (workspace_id, schedule_id)
        REFERENCES report_schedules (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT report_schedule_recipients_member_fkey FOREIGN KEY (workspace_id, user_id)
        REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE,
    CONSTRAINT report_schedule_recipients_stop_token_valid CHECK (char_length(stop_token) = 43)
);
CREATE INDEX report_schedule_recipients_by_member ON report_schedule_recipients (workspace_id, user_id);
