-- Archives of what the installation has about a user: requested by the user, written by a job, and gone after a week.
CREATE TABLE data_exports (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    -- Null until the archive is whole; it has `size` bytes then.
    finished_at timestamptz,
    size bigint,
    -- Null unless the archive could not be written.
    failed_at timestamptz,
    expires_at timestamptz NOT NULL,
    CONSTRAINT data_exports_pkey PRIMARY KEY (id),
    -- One for each user.
    CONSTRAINT data_exports_user_key UNIQUE (user_id),
    CONSTRAINT data_exports_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT data_exports_finished_has_size CHECK ((finished_at IS NULL) = (size IS NULL))
);
CREATE INDEX data_exports_by_expiry ON data_exports (expires_at);

-- The bytes of an archive in pieces of at most 1 MiB, so that neither a writer nor a reader holds more; at most 256 of them.
CREATE TABLE data_export_chunks (
    export_id uuid NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT data_export_chunks_pkey PRIMARY KEY (export_id, number),
    CONSTRAINT data_export_chunks_export_fkey FOREIGN KEY (export_id) REFERENCES data_exports (id) ON DELETE CASCADE,
    CONSTRAINT data_export_chunks_number_valid CHECK (number BETWEEN 0 AND 255),
    CONSTRAINT data_export_chunks_content_valid CHECK (octet_length(content) BETWEEN 1 AND 1048576)
);
-- They are compressed already.
ALTER TABLE data_export_chunks ALTER COLUMN content SET STORAGE EXTERNAL;
