// Generated from the migrations; `just schema` writes it, and a test compares it with the database.

diesel::table! {
    api_tokens (id) {
        id -> Uuid,
        user_id -> Uuid,
        workspace_id -> Nullable<Uuid>,
        name -> Text,
        token_sha256 -> Bytea,
        scope -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Uuid,
        created_at -> Timestamptz,
        workspace_id -> Nullable<Uuid>,
        actor -> Text,
        user_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<Uuid>,
        details -> Jsonb,
    }
}

diesel::table! {
    budget_alerts (workspace_id, budget_id, period_start, percent) {
        workspace_id -> Uuid,
        budget_id -> Uuid,
        period_start -> Date,
        percent -> Int4,
        reached_at -> Timestamptz,
    }
}

diesel::table! {
    budgets (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        client_id -> Nullable<Uuid>,
        project_id -> Nullable<Uuid>,
        measure -> Text,
        period -> Text,
        size -> Int8,
        alert_percents -> Array<Int4>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    calendar_feeds (workspace_id, user_id) {
        workspace_id -> Uuid,
        user_id -> Uuid,
        token_sha256 -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    categories (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        project_id -> Uuid,
        parent_category_id -> Nullable<Uuid>,
        name -> Text,
        description -> Nullable<Text>,
        color -> Nullable<Text>,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        position -> Nullable<Int4>,
    }
}

diesel::table! {
    clients (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        name -> Text,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    currencies (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        client_id -> Nullable<Uuid>,
        currency -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    data_export_chunks (export_id, number) {
        export_id -> Uuid,
        number -> Int4,
        content -> Bytea,
    }
}

diesel::table! {
    data_exports (id) {
        id -> Uuid,
        user_id -> Uuid,
        requested_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        size -> Nullable<Int8>,
        failed_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    deleted_time_entries (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        user_id -> Uuid,
        project_id -> Uuid,
        category_id -> Uuid,
        started_at -> Timestamptz,
        stopped_at -> Nullable<Timestamptz>,
        description -> Text,
        billable -> Bool,
        tag_ids -> Array<Uuid>,
        import_key -> Nullable<Bytea>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        deleted_at -> Timestamptz,
    }
}

diesel::table! {
    events (transaction_id, id) {
        id -> Int8,
        transaction_id -> Int8,
        workspace_id -> Uuid,
        user_id -> Nullable<Uuid>,
        kind -> Text,
        change -> Text,
        object_id -> Nullable<Uuid>,
        revision -> Nullable<Int8>,
        timer -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    fixed_prices (workspace_id, project_id) {
        workspace_id -> Uuid,
        project_id -> Uuid,
        price -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    idempotency_keys (workspace_id, user_id, key) {
        workspace_id -> Uuid,
        user_id -> Uuid,
        key -> Text,
        request_digest -> Bytea,
        response_status -> Nullable<Int2>,
        response_etag -> Nullable<Text>,
        response_body -> Nullable<Bytea>,
        created_at -> Timestamptz,
        entry_status -> Nullable<Int2>,
        entry -> Nullable<Jsonb>,
    }
}

diesel::table! {
    imported_people (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        user_id -> Uuid,
        email -> Nullable<Text>,
        name -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        email -> Text,
        role -> Text,
        token_sha256 -> Bytea,
        invited_by -> Uuid,
        sent_at -> Timestamptz,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        accepted_by -> Nullable<Uuid>,
        revoked_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        placeholder_id -> Nullable<Uuid>,
        mailed -> Bool,
    }
}

diesel::table! {
    job_schedules (kind) {
        kind -> Text,
        next_run_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        kind -> Text,
        payload -> Jsonb,
        unique_key -> Nullable<Text>,
        run_at -> Timestamptz,
        attempts -> Int4,
        locked_until -> Nullable<Timestamptz>,
        lease -> Nullable<Uuid>,
        last_error -> Nullable<Text>,
        failed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    known_devices (user_id, token_sha256) {
        user_id -> Uuid,
        token_sha256 -> Bytea,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
    }
}

diesel::table! {
    memberships (workspace_id, user_id) {
        workspace_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        left_at -> Nullable<Timestamptz>,
        claimed_by -> Nullable<Uuid>,
        claimed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    one_time_tokens (id) {
        id -> Uuid,
        purpose -> Text,
        token_sha256 -> Bytea,
        user_id -> Nullable<Uuid>,
        payload -> Jsonb,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    project_members (workspace_id, project_id, user_id) {
        workspace_id -> Uuid,
        project_id -> Uuid,
        user_id -> Uuid,
        lead -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    projects (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        client_id -> Nullable<Uuid>,
        name -> Text,
        description -> Nullable<Text>,
        color -> Text,
        billable -> Bool,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        private -> Bool,
    }
}

diesel::table! {
    rates (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        kind -> Text,
        user_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        project_id -> Nullable<Uuid>,
        category_id -> Nullable<Uuid>,
        valid_from -> Date,
        hourly -> Nullable<Int8>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    recovery_codes (user_id, code_sha256) {
        user_id -> Uuid,
        code_sha256 -> Bytea,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    report_links (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        saved_report_id -> Uuid,
        token_sha256 -> Bytea,
        password_hash -> Nullable<Text>,
        expires_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    report_schedule_recipients (workspace_id, schedule_id, user_id) {
        workspace_id -> Uuid,
        schedule_id -> Uuid,
        user_id -> Uuid,
        stop_token -> Text,
        sent_for -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    report_schedules (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        saved_report_id -> Uuid,
        format -> Text,
        amounts -> Bool,
        every -> Text,
        weekday -> Nullable<Text>,
        month_day -> Nullable<Int2>,
        day_minute -> Int2,
        time_zone -> Text,
        next_run_at -> Nullable<Timestamptz>,
        last_run_at -> Nullable<Timestamptz>,
        last_outcome -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    saved_reports (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        query -> Text,
        shared -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    second_factors (user_id) {
        user_id -> Uuid,
        secret -> Bytea,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Int8,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        token_sha256 -> Bytea,
        created_at -> Timestamptz,
        signed_in_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        user_agent -> Text,
        address -> Nullable<Text>,
        provider -> Nullable<Text>,
        provider_subject -> Nullable<Text>,
        provider_session -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_attempts (subject) {
        subject -> Bytea,
        failures -> Int4,
        last_failed_at -> Timestamptz,
        blocked_until -> Timestamptz,
    }
}

diesel::table! {
    sign_on_identities (provider, subject) {
        provider -> Text,
        subject -> Text,
        user_id -> Uuid,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    tags (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        name -> Text,
        color -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    time_entries (id) {
        id -> Uuid,
        workspace_id -> Uuid,
        user_id -> Uuid,
        project_id -> Uuid,
        category_id -> Uuid,
        started_at -> Timestamptz,
        stopped_at -> Nullable<Timestamptz>,
        duration_seconds -> Nullable<Int8>,
        description -> Text,
        billable -> Bool,
        import_key -> Nullable<Bytea>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
    }
}

diesel::table! {
    time_entry_tags (workspace_id, time_entry_id, tag_id) {
        workspace_id -> Uuid,
        time_entry_id -> Uuid,
        tag_id -> Uuid,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        name -> Text,
        email -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        language -> Nullable<Text>,
        hour_cycle -> Nullable<Text>,
        first_day_of_week -> Nullable<Text>,
        duration_format -> Nullable<Text>,
        density -> Nullable<Text>,
        theme -> Nullable<Text>,
        single_key_shortcuts -> Bool,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Timestamptz>,
        email_verified_at -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        administrator -> Bool,
        deletion_due_at -> Nullable<Timestamptz>,
        erased_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    workspaces (id) {
        id -> Uuid,
        name -> Text,
        time_zone -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_tokens,
    audit_log,
    budget_alerts,
    budgets,
    calendar_feeds,
    categories,
    clients,
    currencies,
    data_export_chunks,
    data_exports,
    deleted_time_entries,
    events,
    fixed_prices,
    idempotency_keys,
    imported_people,
    invitations,
    job_schedules,
    jobs,
    known_devices,
    memberships,
    one_time_tokens,
    project_members,
    projects,
    rates,
    recovery_codes,
    report_links,
    report_schedule_recipients,
    report_schedules,
    saved_reports,
    second_factors,
    sessions,
    sign_in_attempts,
    sign_on_identities,
    tags,
    time_entries,
    time_entry_tags,
    users,
    workspaces,
);
