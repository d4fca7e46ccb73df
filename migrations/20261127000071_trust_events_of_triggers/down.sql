ALTER TABLE events
    ADD CONSTRAINT events_kind_valid
        CHECK (kind IN ('entry', 'client', 'project', 'category', 'tag', 'user', 'workspace', 'membership')),
    ADD CONSTRAINT events_change_valid CHECK (change IN ('created', 'updated', 'deleted'));
