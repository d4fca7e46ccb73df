//! Any two write operations on the same objects at the same time: each has its effect or is refused, and neither fails.
//!
//! `just test` runs every pair of kinds of operations once. `just test-pairs COUNT SEED` runs that many more, drawn
//! from the seed.

use std::time::Duration;

use clockwork_core::access::{Actor, Caller, Role};
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::values::ids::UserId;
use futures_util::future::join;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::{SentAs, TestApp, config_with, migrated_database};

/// The objects that the operations meet on. Each kind has few, so that two operations often take the same one.
const PROJECTS: [&str; 2] = ["10000000-0000-7000-8000-000000000001", "10000000-0000-7000-8000-000000000002"];
const CATEGORIES: [&str; 4] = [
    "20000000-0000-7000-8000-000000000001",
    "20000000-0000-7000-8000-000000000002",
    "20000000-0000-7000-8000-000000000003",
    "20000000-0000-7000-8000-000000000004",
];
const CLIENTS: [&str; 1] = ["30000000-0000-7000-8000-000000000001"];
const TAGS: [&str; 2] = ["40000000-0000-7000-8000-000000000001", "40000000-0000-7000-8000-000000000002"];
const ENTRIES: [&str; 3] = [
    "50000000-0000-7000-8000-000000000001",
    "50000000-0000-7000-8000-000000000002",
    "50000000-0000-7000-8000-000000000003",
];
/// A member whose role and projects change.
const MEMBER: &str = "70000000-0000-7000-8000-000000000001";
/// A saved report of the built-in user, with a link and a schedule whose recipients are that user and the member.
const REPORT: &str = "80000000-0000-7000-8000-000000000001";
const LINK: &str = "80000000-0000-7000-8000-000000000002";
const SCHEDULE: &str = "80000000-0000-7000-8000-000000000003";
/// A placeholder with an entry.
const GHOST: &str = "80000000-0000-8000-8000-000000000001";
/// A job that has failed for good.
const JOB: &str = "90000000-0000-7000-8000-000000000001";
/// A workspace of the member's own, which an administrator deletes.
const WORKSPACE: &str = "a0000000-0000-7000-8000-000000000001";
const DELETED: [&str; 2] = ["60000000-0000-7000-8000-000000000001", "60000000-0000-7000-8000-000000000002"];

/// Puts the objects back as they were, in the order of locks of the job that takes a deleted tag off its entries. Entry
/// 1 and deleted entry 1 are in the only categories that have entries, so that the deletion of each can meet the
/// deletion of its category; the others carry the tags; entry 3 runs.
fn reset_sql(caller: Caller) -> String {
    let (workspace, user) = (caller.workspace, caller.user());
    let stamps = "'2026-03-01', '2026-03-01'";
    let [p1, p2] = PROJECTS;
    let [c1, c2, c3, c4] = CATEGORIES;
    let ([client], [t1, t2]) = (CLIENTS, TAGS);
    let ([e1, e2, e3], [d1, d2]) = (ENTRIES, DELETED);
    format!(
        "SELECT id FROM tags ORDER BY id FOR UPDATE; SELECT id FROM time_entries ORDER BY id FOR UPDATE;
         DELETE FROM idempotency_keys; DELETE FROM deleted_time_entries; DELETE FROM time_entries; DELETE FROM tags;
         DELETE FROM categories; DELETE FROM projects; DELETE FROM clients; DELETE FROM invitations; DELETE FROM jobs;
         DELETE FROM saved_reports; DELETE FROM calendar_feeds; DELETE FROM sign_in_attempts;
         DELETE FROM one_time_tokens;
         INSERT INTO jobs (id, kind, payload, attempts, failed_at) VALUES ('{JOB}', 'of_another_release', '{{}}', 8, now());
         UPDATE users SET disabled_at = NULL, administrator = false WHERE id = '{MEMBER}';
         UPDATE memberships SET role = 'member', left_at = NULL WHERE user_id = '{MEMBER}';
         DELETE FROM memberships WHERE is_placeholder_id(user_id) OR workspace_id = '{WORKSPACE}';
         DELETE FROM workspaces WHERE id = '{WORKSPACE}';
         INSERT INTO workspaces (id, name, time_zone, created_at, updated_at) VALUES ('{WORKSPACE}', 'Shop', 'UTC', {stamps});
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at) VALUES ('{WORKSPACE}', '{MEMBER}', 'owner', {stamps});
         INSERT INTO users (id, name, created_at, updated_at) VALUES ('{GHOST}', 'Ghost', {stamps});
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at) VALUES ('{workspace}', '{GHOST}', 'member', {stamps});
         INSERT INTO imported_people (id, workspace_id, user_id, email, created_at)
             VALUES ('{GHOST}', '{workspace}', '{GHOST}', 'ghost@example.org', '2026-03-01');
         INSERT INTO clients (id, workspace_id, name, created_at, updated_at) VALUES ('{client}', '{workspace}', 'Acme', {stamps});
         INSERT INTO projects (id, workspace_id, client_id, name, color, created_at, updated_at) VALUES
             ('{p1}', '{workspace}', '{client}', 'Website', '#000000', {stamps}),
             ('{p2}', '{workspace}', NULL, 'Empty', '#000000', {stamps});
         INSERT INTO categories (id, workspace_id, project_id, parent_category_id, name, created_at, updated_at) VALUES
             ('{c1}', '{workspace}', '{p1}', NULL, 'Design', {stamps}),
             ('{c2}', '{workspace}', '{p1}', '{c1}', 'Sketches', {stamps}),
             ('{c3}', '{workspace}', '{p1}', '{c2}', 'Drafts', {stamps}),
             ('{c4}', '{workspace}', '{p1}', NULL, 'Unused', {stamps});
         INSERT INTO tags (id, workspace_id, name, created_at, updated_at) VALUES
             ('{t1}', '{workspace}', 'urgent', {stamps}), ('{t2}', '{workspace}', 'late', {stamps});
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at) VALUES
             ('{e1}', '{workspace}', '{user}', '{p1}', '{c2}', '2026-03-02 07:00Z', '2026-03-02 07:30Z', {stamps}),
             ('{e2}', '{workspace}', '{user}', '{p1}', '{c1}', '2026-03-02 07:15Z', '2026-03-02 07:45Z', {stamps}),
             ('{e3}', '{workspace}', '{user}', '{p1}', '{c1}', '2026-03-02 08:00Z', NULL, {stamps}),
             ('{GHOST}', '{workspace}', '{GHOST}', '{p1}', '{c1}', '2026-03-02 06:00Z', '2026-03-02 06:30Z', {stamps});
         INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id) VALUES
             ('{workspace}', '{e1}', '{t1}'), ('{workspace}', '{e2}', '{t1}'), ('{workspace}', '{e2}', '{t2}');
         INSERT INTO deleted_time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description,
                                           billable, tag_ids, created_at, updated_at, revision, deleted_at) VALUES
             ('{d1}', '{workspace}', '{user}', '{p1}', '{c3}', '2026-03-02 06:00Z', '2026-03-02 06:30Z', '', false, '{{{t1}}}', {stamps},
              1, '2026-03-02 09:00Z'),
             ('{d2}', '{workspace}', '{user}', '{p1}', '{c4}', '2026-03-02 06:15Z', NULL, '', false, '{{{t1},{t2}}}', {stamps},
              1, '2026-03-02 09:00Z');
         INSERT INTO saved_reports (id, workspace_id, user_id, name, query, created_at, updated_at) VALUES
             ('{REPORT}', '{workspace}', '{user}', 'Week', '', {stamps});
         INSERT INTO report_links (id, workspace_id, saved_report_id, token_sha256, created_at) VALUES
             ('{LINK}', '{workspace}', '{REPORT}', decode(repeat('00', 32), 'hex'), '2026-03-01');
         INSERT INTO report_schedules (id, workspace_id, saved_report_id, format, amounts, every, day_minute, time_zone, next_run_at,
                                       created_at, updated_at) VALUES
             ('{SCHEDULE}', '{workspace}', '{REPORT}', 'pdf', false, 'day', 480, 'UTC', '2026-04-01', {stamps});
         INSERT INTO report_schedule_recipients (workspace_id, schedule_id, user_id, stop_token) VALUES
             ('{workspace}', '{SCHEDULE}', '{user}', repeat('x', 43)), ('{workspace}', '{SCHEDULE}', '{MEMBER}', repeat('y', 43));
         INSERT INTO calendar_feeds (workspace_id, user_id, token_sha256, created_at) VALUES
             ('{workspace}', '{user}', decode(repeat('00', 32), 'hex'), '2026-03-01')"
    )
}

/// Each kind of write operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Start,
    StartEarlierWithTags,
    Stop,
    CreateEntry,
    ResumeEntry,
    DuplicateEntry,
    SplitEntry,
    DescribeEntry,
    MoveEntry,
    TagEntry,
    ReopenEntry,
    StopEntry,
    DeleteEntry,
    RestoreEntry,
    BulkEdit,
    BulkTag,
    BulkDelete,
    BulkRestore,
    CreateCategory,
    BulkCreateCategories,
    RenameCategory,
    MoveCategory,
    ArchiveCategory,
    DeleteCategory,
    DeleteSubtree,
    OrderCategories,
    CreateProject,
    ChangeProject,
    ArchiveProject,
    DeleteProject,
    DeleteProjectWithCategories,
    CreateClient,
    RenameClient,
    DeleteClient,
    CreateTag,
    RenameTag,
    DeleteTag,
    ChangeMe,
    ChangeWorkspace,
    Import,
    ChangeProjectPrivacy,
    PutProjectMember,
    RemoveProjectMember,
    ChangeRole,
    RemoveMember,
    Invite,
    StartOfMember,
    SaveReport,
    ChangeSavedReport,
    DeleteSavedReport,
    CreateLink,
    RevokeLink,
    PutFeed,
    RevokeFeed,
    CreateSchedule,
    ChangeSchedule,
    DeleteSchedule,
    TrySchedule,
    StopScheduledReport,
    MergePlaceholder,
    RemovePlaceholder,
    DescribeEntryOfPlaceholder,
    ImportForEverybody,
    DisableAccount,
    MakeAdministrator,
    CreateResetLink,
    RetryJob,
    DeleteJob,
    DeleteWorkspace,
}

const OPERATIONS: [Operation; 69] = {
    use Operation::*;
    [
        Start,
        StartEarlierWithTags,
        Stop,
        CreateEntry,
        ResumeEntry,
        DuplicateEntry,
        SplitEntry,
        DescribeEntry,
        MoveEntry,
        TagEntry,
        ReopenEntry,
        StopEntry,
        DeleteEntry,
        RestoreEntry,
        BulkEdit,
        BulkTag,
        BulkDelete,
        BulkRestore,
        CreateCategory,
        BulkCreateCategories,
        RenameCategory,
        MoveCategory,
        ArchiveCategory,
        DeleteCategory,
        DeleteSubtree,
        OrderCategories,
        CreateProject,
        ChangeProject,
        ArchiveProject,
        DeleteProject,
        DeleteProjectWithCategories,
        CreateClient,
        RenameClient,
        DeleteClient,
        CreateTag,
        RenameTag,
        DeleteTag,
        ChangeMe,
        ChangeWorkspace,
        Import,
        ChangeProjectPrivacy,
        PutProjectMember,
        RemoveProjectMember,
        ChangeRole,
        RemoveMember,
        Invite,
        StartOfMember,
        SaveReport,
        ChangeSavedReport,
        DeleteSavedReport,
        CreateLink,
        RevokeLink,
        PutFeed,
        RevokeFeed,
        CreateSchedule,
        ChangeSchedule,
        DeleteSchedule,
        TrySchedule,
        StopScheduledReport,
        MergePlaceholder,
        RemovePlaceholder,
        DescribeEntryOfPlaceholder,
        ImportForEverybody,
        DisableAccount,
        MakeAdministrator,
        CreateResetLink,
        RetryJob,
        DeleteJob,
        DeleteWorkspace,
    ]
};

/// Those of administrators of the installation, who have signed in.
const ADMINISTRATION: [Operation; 6] = {
    use Operation::*;
    [DisableAccount, MakeAdministrator, CreateResetLink, RetryJob, DeleteJob, DeleteWorkspace]
};

/// A request of one kind, on objects that `random` picks.
fn request(app: &TestApp, operation: Operation, random: &mut fastrand::Rng) -> RequestBuilder {
    use Operation::*;
    let mut pick = |ids: &[&str]| ids[random.usize(..ids.len())].to_owned();
    let (project, category, tag) = (pick(&PROJECTS), pick(&CATEGORIES), pick(&TAGS));
    let (entry, deleted, parent) = (pick(&ENTRIES), pick(&DELETED), pick(&CATEGORIES));
    let name = pick(&["urgent", "late", "Acme", "Design", "Drafts"]);
    let backwards = random.bool();
    let ordered = |ids: &[&str]| {
        let mut ids = ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        if backwards {
            ids.reverse();
        }
        ids
    };
    let categories = format!("/api/projects/{}/categories", PROJECTS[0]);
    let entry_path = format!("/api/time/entries/{entry}");
    let report = format!("/api/saved-reports/{REPORT}");
    let schedule = format!("{report}/schedules/{SCHEDULE}");
    let me = BUILT_IN_CALLER.user().to_string();
    let both = [MEMBER, me.as_str()];
    let readers = ordered(if backwards { &both[..1] } else { &both });
    let post = |path: &str, body: Value| app.request(Method::POST, path).json(&body);
    let patch = |path: &str, body: Value| app.request(Method::PATCH, path).json(&body);
    let delete = |path: &str| app.request(Method::DELETE, path);
    let (account, job) = (format!("/api/administration/users/{MEMBER}"), format!("/api/administration/jobs/{JOB}"));
    match operation {
        Start => post("/api/time/start", json!({"categoryId": category})),
        StartEarlierWithTags => post(
            "/api/time/start",
            json!({"categoryId": category, "startedAt": "2026-03-02T08:30:00Z", "tagIds": ordered(&TAGS)}),
        ),
        Stop => app.request(Method::POST, "/api/time/stop"),
        CreateEntry => post(
            "/api/time/entries",
            json!({"categoryId": category, "startedAt": "2026-03-02T05:00:00Z", "stoppedAt": "2026-03-02T05:30:00Z", "tagIds": [tag]}),
        ),
        ResumeEntry => app.request(Method::POST, &format!("{entry_path}/resume")),
        DuplicateEntry => app.request(Method::POST, &format!("{entry_path}/duplicate")),
        SplitEntry => post(&format!("{entry_path}/split"), json!({"at": "2026-03-02T07:20:00Z"})),
        DescribeEntry => patch(&entry_path, json!({"description": name})),
        MoveEntry => patch(&entry_path, json!({"categoryId": category})),
        TagEntry => patch(&entry_path, json!({"tagIds": [tag]})),
        ReopenEntry => patch(&entry_path, json!({"stoppedAt": null})),
        StopEntry => patch(&entry_path, json!({"stoppedAt": "2026-03-02T08:45:00Z"})),
        DeleteEntry => delete(&entry_path),
        RestoreEntry => app.request(Method::POST, &format!("/api/time/entries/{deleted}/restore")),
        BulkEdit => post(
            "/api/time/entries/bulk-edit",
            json!({"ids": ordered(&ENTRIES), "changes": {"categoryId": category, "tagIds": ordered(&TAGS)}}),
        ),
        BulkTag => {
            post("/api/time/entries/bulk-edit", json!({"ids": ordered(&ENTRIES), "changes": {"addTagIds": [tag]}}))
        }
        BulkDelete => post("/api/time/entries/bulk-delete", json!({"ids": ordered(&ENTRIES)})),
        BulkRestore => post("/api/time/entries/bulk-restore", json!({"ids": ordered(&DELETED)})),
        CreateCategory => post(&categories, json!({"name": name, "parentCategoryId": parent})),
        BulkCreateCategories => {
            let several = json!([{"name": name}, {"name": "Several"}]);
            post(&format!("{categories}/bulk-create"), json!({"parentCategoryId": parent, "categories": several}))
        }
        RenameCategory => patch(&format!("{categories}/{category}"), json!({"name": name})),
        MoveCategory => patch(&format!("{categories}/{category}"), json!({"parentCategoryId": parent})),
        ArchiveCategory => patch(&format!("{categories}/{category}"), json!({"archived": true})),
        DeleteCategory => delete(&format!("{categories}/{category}")),
        DeleteSubtree => delete(&format!("{categories}/{category}?includeSubcategories=true")),
        OrderCategories => {
            let roots = ordered(&[CATEGORIES[0], CATEGORIES[3]]);
            post(&format!("{categories}/order"), json!({"categoryIds": roots}))
        }
        CreateProject => post("/api/projects", json!({"name": name, "clientId": CLIENTS[0]})),
        ChangeProject => patch(
            &format!("/api/projects/{project}"),
            json!({"clientId": if backwards { Some(CLIENTS[0]) } else { None }}),
        ),
        ArchiveProject => patch(&format!("/api/projects/{project}"), json!({"archived": true})),
        DeleteProject => delete(&format!("/api/projects/{project}")),
        DeleteProjectWithCategories => delete(&format!("/api/projects/{project}?includeCategories=true")),
        CreateClient => post("/api/clients", json!({"name": name})),
        RenameClient => patch(&format!("/api/clients/{}", CLIENTS[0]), json!({"name": name})),
        DeleteClient => delete(&format!("/api/clients/{}", CLIENTS[0])),
        CreateTag => post("/api/tags", json!({"name": name})),
        RenameTag => patch(&format!("/api/tags/{tag}"), json!({"name": name})),
        DeleteTag => delete(&format!("/api/tags/{tag}")),
        ChangeMe => patch("/api/me", json!({"name": name})),
        ChangeWorkspace => patch("/api/workspace", json!({"name": name})),
        ChangeProjectPrivacy => patch(&format!("/api/projects/{project}"), json!({"private": backwards})),
        PutProjectMember => {
            let path = format!("/api/projects/{project}/members/{MEMBER}");
            app.request(Method::PUT, &path).json(&json!({"lead": backwards}))
        }
        RemoveProjectMember => delete(&format!("/api/projects/{project}/members/{MEMBER}")),
        ChangeRole => {
            patch(&format!("/api/members/{MEMBER}"), json!({"role": if backwards { "admin" } else { "viewer" }}))
        }
        RemoveMember => delete(&format!("/api/members/{MEMBER}")),
        Invite => post("/api/invitations", json!({"email": format!("{name}@example.org"), "role": "member"})),
        StartOfMember => {
            let user = UserId(MEMBER.parse().unwrap());
            let member = Caller { actor: Actor::signed_in(user), role: Role::Member, ..BUILT_IN_CALLER };
            post("/api/time/start", json!({"categoryId": category})).sent_as(member)
        }
        SaveReport => post("/api/saved-reports", json!({"name": name, "query": ""})),
        ChangeSavedReport => patch(&report, json!({"name": name, "shared": backwards})),
        DeleteSavedReport => delete(&report),
        CreateLink => post(&format!("{report}/links"), json!({})),
        RevokeLink => delete(&format!("{report}/links/{LINK}")),
        PutFeed => app.request(Method::POST, "/api/calendar-feed"),
        RevokeFeed => delete("/api/calendar-feed"),
        CreateSchedule => post(
            &format!("{report}/schedules"),
            json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": readers}),
        ),
        ChangeSchedule => patch(&schedule, json!({"time": "09:00", "paused": backwards, "recipientIds": readers})),
        DeleteSchedule => delete(&schedule),
        TrySchedule => app.request(Method::POST, &format!("{schedule}/send")),
        StopScheduledReport => {
            let token = if backwards { "x" } else { "y" }.repeat(43);
            app.request(Method::POST, &format!("/api/scheduled-reports/{token}/stop"))
        }
        MergePlaceholder => post(&format!("/api/members/{GHOST}/merge"), json!({"memberId": MEMBER})),
        RemovePlaceholder => delete(&format!("/api/members/{GHOST}")),
        DescribeEntryOfPlaceholder => patch(&format!("/api/time/entries/{GHOST}"), json!({"description": name})),
        ImportForEverybody => {
            let file = "Email,Project,Task,Start date,Start time,End date,End time,Duration\n\
                        ghost@example.org,Website,Design,2026-03-02,04:00:00,2026-03-02,04:30:00,00:30:00\n\
                        other@example.org,Website,Drafts,2026-03-02,04:30:00,2026-03-02,05:00:00,00:30:00\n";
            let form = Form::new().text("timeZone", "UTC").text("people", "everybody");
            let form = form.part("file", Part::text(file).file_name("entries.csv"));
            app.request(Method::POST, "/api/imports").multipart(form)
        }
        Import => {
            let file = "Project,Task,Start date,Start time,End date,End time,Duration,Tags\n\
                        Website,Design,2026-03-02,04:00:00,2026-03-02,04:30:00,00:30:00,urgent\n\
                        Website,Drafts,2026-03-02,04:30:00,2026-03-02,05:00:00,00:30:00,\"late, new\"\n";
            let form = Form::new().text("timeZone", "UTC").part("file", Part::text(file).file_name("entries.csv"));
            app.request(Method::POST, "/api/imports").multipart(form)
        }
        DisableAccount => patch(&account, json!({"disabled": true})),
        MakeAdministrator => patch(&account, json!({"administrator": true})),
        CreateResetLink => app.request(Method::POST, &format!("{account}/reset-link")),
        RetryJob => app.request(Method::POST, &format!("{job}/retry")),
        DeleteJob => delete(&job),
        DeleteWorkspace => {
            delete(&format!("/api/administration/workspaces/{WORKSPACE}")).json(&json!({"name": "Shop"}))
        }
    }
}

/// The server, the cookies of its administrator, a colleague of that user, and a connection that puts the objects back.
/// The administrator is the user that is built in.
struct Fixture {
    app: TestApp,
    cookies: String,
    colleague: Caller,
    client: Client,
    random: fastrand::Rng,
    pairs: usize,
}

impl Fixture {
    async fn new(seed: u64) -> Self {
        let database = migrated_database().await;
        let settings = [("RATE_LIMIT_REQUESTS", "0"), ("AUTH_MODE", "accounts"), ("PUBLIC_URL", "http://localhost")];
        let config = config_with(&database.url(), &settings);
        let app = TestApp::with_config(database, config).await;
        let cookies = app.owned_by("ada@example.org").await.cookies();
        let colleague = app.add_member(Role::Owner).await;
        let workspace = colleague.workspace;
        app.execute(&format!(
            "INSERT INTO users (id, name, created_at, updated_at) VALUES ('{MEMBER}', 'Test user', now(), now());
             INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             VALUES ('{workspace}', '{MEMBER}', 'member', now(), now());
             UPDATE users SET email = id || '@example.org'"
        ))
        .await;
        let client = app.sql().await;
        Self { app, cookies, colleague, client, random: fastrand::Rng::with_seed(seed), pairs: 0 }
    }

    /// Sends two requests at the same time.
    async fn pair(&mut self, first: Operation, second: Operation) {
        self.client.batch_execute(&reset_sql(BUILT_IN_CALLER)).await.unwrap();
        self.pairs += 1;
        let [earlier, later] = [first, second].map(|operation| {
            let request = request(&self.app, operation, &mut self.random);
            let keyed = self.random.bool() && ![Operation::Import, Operation::ImportForEverybody].contains(&operation);
            // Sometimes both have the same key, and are then one request that was sent twice, or a mistake.
            let key = format!("pair-{}-{}", self.pairs, self.random.u8(..2));
            let request = if keyed { request.header("Idempotency-Key", key) } else { request };
            match operation {
                // It has its caller already.
                Operation::StartOfMember => request,
                _ if ADMINISTRATION.contains(&operation) => request.header("Cookie", &self.cookies),
                _ if self.random.u8(..8) == 0 => request.sent_as(self.colleague),
                _ => request.sent_as(BUILT_IN_CALLER),
            }
        });
        let head_start = Duration::from_micros(self.random.u64(..2_000));
        let send = async |request: RequestBuilder| request.send().await.unwrap();
        let answers = join(send(earlier), async {
            tokio::time::sleep(head_start).await;
            send(later).await
        })
        .await;
        for (operation, answer) in [(first, answers.0), (second, answers.1)] {
            let status = answer.status();
            assert!(
                !status.is_server_error(),
                "pair {}: {first:?} beside {second:?}: {operation:?} was answered with {status}: {}",
                self.pairs,
                answer.text().await.unwrap()
            );
        }
        let barred = "SELECT count(*) FROM time_entries e JOIN users u ON u.id = e.user_id
                      JOIN memberships m ON m.workspace_id = e.workspace_id AND m.user_id = e.user_id
                      WHERE e.stopped_at IS NULL AND (u.disabled_at IS NOT NULL OR m.left_at IS NOT NULL)";
        let barred: i64 = self.client.query_one(barred, &[]).await.unwrap().get(0);
        assert_eq!(barred, 0, "{first:?} beside {second:?}: the timer of somebody who may not track runs");
    }

    /// How many transactions PostgreSQL has aborted because of a deadlock, those that were retried included.
    async fn deadlocks(&self) -> i64 {
        // A session reports its statistics when it is idle, at most once a second.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        self.app.count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await
    }
}

#[actix_web::test]
async fn every_two_write_operations_at_once_succeed_or_are_refused() {
    let mut fixture = Fixture::new(11).await;
    for (index, first) in OPERATIONS.into_iter().enumerate() {
        for second in OPERATIONS.into_iter().skip(index) {
            fixture.pair(first, second).await;
        }
    }
    assert_eq!(fixture.deadlocks().await, 0);
}

/// Beside others they would be refused for the lack of a session without anybody noticing.
#[actix_web::test]
async fn each_operation_of_administrators_succeeds_alone() {
    let mut fixture = Fixture::new(13).await;
    for operation in ADMINISTRATION {
        fixture.client.batch_execute(&reset_sql(BUILT_IN_CALLER)).await.unwrap();
        let request = request(&fixture.app, operation, &mut fixture.random).header("Cookie", &fixture.cookies);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{operation:?}: {}", answer.text().await.unwrap());
    }
}

/// The pairs that take the same rows in different orders, unless both are careful.
#[actix_web::test]
async fn deleting_what_entries_refer_to_beside_changes_of_the_entries_never_deadlocks() {
    use Operation::*;
    let mut fixture = Fixture::new(12).await;
    let categories =
        [DeleteEntry, RestoreEntry, SplitEntry, DuplicateEntry, ResumeEntry, BulkEdit, BulkDelete, BulkRestore];
    let tags = [TagEntry, BulkTag, BulkEdit, DeleteTag, RestoreEntry, BulkRestore, DeleteEntry, BulkDelete];
    let pairs = categories.map(|beside| (beside, DeleteCategory)).into_iter();
    let pairs = pairs.chain(categories.map(|beside| (beside, DeleteProjectWithCategories)));
    for (beside, deletion) in pairs.chain(tags.map(|beside| (beside, DeleteTag))) {
        for _ in 0..20 {
            fixture.pair(beside, deletion).await;
        }
        let deadlocks = fixture.deadlocks().await;
        assert_eq!(deadlocks, 0, "{beside:?} beside {deletion:?}");
    }
}

/// Categories are locked in the order of their ids, whatever the order of the entries is and wherever an entry moves.
/// The deletion of several categories, which the transaction here stands for, locks them in that order as well.
#[actix_web::test]
async fn changes_of_entries_lock_their_categories_in_the_order_of_their_ids() {
    let app = TestApp::spawn().await;
    let project = app.project("Website").await;
    let (first, second) = (app.category(&project, "Design").await, app.category(&project, "Code").await);
    let entries = [app.entry(&second, 0, 10).await, app.entry(&first, 20, 30).await];
    let [in_second, _] = &entries;
    let (path, both) = (format!("/api/time/entries/{in_second}"), json!({"ids": entries}));
    let requests = [
        app.request(Method::PATCH, &path).json(&json!({"categoryId": first})),
        app.request(Method::PATCH, &path).json(&json!({"categoryId": second})),
        app.request(Method::POST, "/api/time/entries/bulk-edit")
            .json(&json!({"ids": entries, "changes": {"billable": false}})),
        app.request(Method::POST, "/api/time/entries/bulk-delete").json(&both),
    ];
    let deletion = app.sql().await;
    for request in requests {
        let lock = format!("BEGIN; SELECT FROM categories WHERE id = '{first}' FOR UPDATE");
        deletion.batch_execute(&lock).await.unwrap();
        let lock_the_other = async {
            app.until_waiting(1).await;
            let lock = format!("SELECT FROM categories WHERE id = '{second}' FOR UPDATE NOWAIT; COMMIT");
            deletion.batch_execute(&lock).await.unwrap();
        };
        let (answer, ()) = join(app.send(request), lock_the_other).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }
}

/// As many pairs as `PAIRS` says, drawn from `PAIRS_SEED`: the long run of `just test-pairs`.
#[actix_web::test]
#[ignore = "takes minutes; just test-pairs runs it"]
#[expect(clippy::disallowed_methods, reason = "how many pairs, and from which seed, is the caller's choice")]
async fn many_pairs() {
    let setting = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (count, seed) = (setting("PAIRS", 20_000), setting("PAIRS_SEED", 1));
    let mut fixture = Fixture::new(seed).await;
    for _ in 0..count {
        let random = &mut fixture.random;
        let (first, second) = (random.usize(..OPERATIONS.len()), random.usize(..OPERATIONS.len()));
        fixture.pair(OPERATIONS[first], OPERATIONS[second]).await;
    }
    assert_eq!(fixture.deadlocks().await, 0);
    println!("{} pairs, seed {seed}: no 5xx, no deadlock", fixture.pairs);
}
