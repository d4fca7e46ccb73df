-- Work that a server does after a request: mail, the rows of deleted workspaces.
--
-- A job is inserted in the transaction that causes it, so that both are committed or neither, and deleted when it is done. A worker takes a job
-- until locked_until; if the worker dies, another worker takes the job after that.
CREATE TABLE jobs (
    id uuid NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- While a job with this key waits or runs, no second one of its kind is added.
    unique_key text,
    run_at timestamptz NOT NULL DEFAULT now(),
    -- How many times a worker has taken it.
    attempts integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    -- The attempt that holds the job: an attempt that has lost its lease cannot end the job.
    lease uuid,
    -- The error of the last attempt, without personal data.
    last_error text,
    -- Null until it has failed for good.
    failed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_kind_valid CHECK (kind ~ '^[a-z_]{1,64}$'),
    CONSTRAINT jobs_unique_key_valid CHECK (char_length(unique_key) BETWEEN 1 AND 255),
    CONSTRAINT jobs_payload_valid CHECK (octet_length(payload::text) <= 65536),
    CONSTRAINT jobs_last_error_valid CHECK (char_length(last_error) <= 500)
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE failed_at IS NULL;
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (kind, unique_key) WHERE failed_at IS NULL;

-- Wakes the workers when the transaction commits: a job was inserted, or is due at another time. A commit that notifies holds a lock of the whole
-- cluster, so no job is inserted at a start or a stop of a timer. The trigger runs for each row, because a statement without rows must not notify.
CREATE FUNCTION notify_jobs() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('clockwork_jobs', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER jobs_notify AFTER INSERT OR UPDATE OF run_at ON jobs
    FOR EACH ROW WHEN (NEW.failed_at IS NULL) EXECUTE FUNCTION notify_jobs();

-- When the next job of a recurring kind is due. One statement moves the schedule on and inserts the job, so one server of several does it.
CREATE TABLE job_schedules (
    kind text NOT NULL,
    next_run_at timestamptz NOT NULL,
    CONSTRAINT job_schedules_pkey PRIMARY KEY (kind),
    CONSTRAINT job_schedules_kind_valid CHECK (kind ~ '^[a-z_]{1,64}$')
);
