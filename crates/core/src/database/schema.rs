// Generated from the migrations; `just schema` writes it, and a test compares it with the database.

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
    memberships (workspace_id, user_id) {
        workspace_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        left_at -> Nullable<Timestamptz>,
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
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    categories,
    clients,
    deleted_time_entries,
    events,
    idempotency_keys,
    memberships,
    projects,
    tags,
    time_entries,
    time_entry_tags,
    users,
    workspaces,
);
