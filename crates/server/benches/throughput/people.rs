//! The people who track time in a benchmark, and the place where they do. They are made by SQL: no request invites 256
//! people at once.

use std::fmt::Write as _;

use actix_web::HttpRequest;
use clockwork_core::access::{Actor, Caller, Role};
use clockwork_core::values::ids::{UserId, WorkspaceId};
use clockwork_core::values::secret_token::TokenDigest;
use clockwork_server::state::Identity;
use uuid::{Uuid, uuid};

use super::clockwork::Callers;
use super::load::{Client, Person};

/// The header by which the servers of a benchmark are told who calls: `<user id>`. The server's own binary reads no
/// such header.
pub(crate) const CALLER_HEADER: &str = "x-benchmark-caller";

/// How many people there are. Each client stands for its share of them, so that a round gives a person about as many
/// entries as a busy day.
const PEOPLE: u128 = 256;
/// Categories, in a quarter as many projects: colleagues share them, as in a company.
const CATEGORIES: u128 = 16;

const WORKSPACE: Uuid = uuid!("00000000-0000-7000-8000-0000000000ff");
/// Ids that the other tables count up from.
const FIRST_USER: u128 = 0x0000_0000_0000_7000_8000_0000_0001_0000;
const FIRST_PROJECT: u128 = 0x0000_0000_0000_7000_8000_0000_0002_0000;
const FIRST_CATEGORY: u128 = 0x0000_0000_0000_7000_8000_0000_0003_0000;

/// So many clients, among whom the people are divided: no two clients are ever the same person.
pub(crate) fn clients(callers: Callers, count: usize) -> Vec<Client> {
    let mut clients = vec![Client::new(); count];
    for (person, client) in (0..PEOPLE).zip((0..count).cycle()) {
        if let Some(client) = clients.get_mut(client) {
            let identity = match callers {
                Callers::Named => format!("{CALLER_HEADER}: {}", Uuid::from_u128(FIRST_USER + person)),
                Callers::SignedIn => format!("cookie: clockwork={}", session_of(person)),
            };
            client.push(Person {
                identity: Some(identity),
                category: Uuid::from_u128(FIRST_CATEGORY + person % CATEGORIES).to_string(),
            });
        }
    }
    clients
}

/// The password of all accounts.
pub(crate) const PASSWORD: &str = "seven grey herons at noon";

/// The secret of a person's session.
fn session_of(person: u128) -> String {
    format!("the-session-of-person-{person}")
}

/// The addresses of all people, who have the same password.
pub(crate) fn addresses() -> Vec<String> {
    (0..PEOPLE).map(address_of).collect()
}

fn address_of(person: u128) -> String {
    format!("person-{person}@example.org")
}

/// Statements that give all people in Clockwork's schema an account with this hash of a password, and a session.
pub(crate) fn with_accounts(password_hash: &str) -> String {
    let mut sql = String::new();
    for person in 0..PEOPLE {
        let (id, address) = (Uuid::from_u128(FIRST_USER + person), address_of(person));
        let digest = hex::encode(TokenDigest::of(&session_of(person)).as_bytes());
        let _ = writeln!(
            sql,
            "UPDATE users SET email = '{address}', email_verified_at = now(), password_hash = '{password_hash}'
             WHERE id = '{id}';
             INSERT INTO sessions (id, user_id, token_sha256, created_at, signed_in_at, last_seen_at, expires_at, user_agent)
             VALUES (gen_random_uuid(), '{id}', '\\x{digest}', now(), now(), now(), now() + interval '1 day', 'benchmark');"
        );
    }
    sql
}

/// The id in the header.
pub(crate) fn user_of(request: &HttpRequest) -> Option<Uuid> {
    request.headers().get(CALLER_HEADER)?.to_str().ok()?.parse().ok()
}

/// The caller that Clockwork is told, with the role, so that no statement looks it up.
pub(crate) fn caller_of(request: &HttpRequest) -> Option<Identity> {
    let actor = Actor::signed_in(UserId(user_of(request)?));
    Some(Identity::Caller(Caller { actor, workspace: WorkspaceId(WORKSPACE), role: Role::Member, leads: false }))
}

/// Statements that put all of them into Clockwork's schema.
pub(crate) fn for_clockwork() -> String {
    let mut sql = format!(
        "INSERT INTO workspaces (id, name, created_at, updated_at) VALUES ('{WORKSPACE}', 'Workspace', now(), now());\n"
    );
    for person in 0..PEOPLE {
        let id = Uuid::from_u128(FIRST_USER + person);
        let _ = writeln!(
            sql,
            "INSERT INTO users (id, name, created_at, updated_at) VALUES ('{id}', 'User {person}', now(), now());
             INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             VALUES ('{WORKSPACE}', '{id}', 'member', now(), now());"
        );
    }
    for project in 0..CATEGORIES / 4 {
        let id = Uuid::from_u128(FIRST_PROJECT + project);
        let _ = writeln!(
            sql,
            "INSERT INTO projects (id, workspace_id, name, color, created_at, updated_at)
             VALUES ('{id}', '{WORKSPACE}', 'Project {project}', '#808080', now(), now());"
        );
    }
    for category in 0..CATEGORIES {
        let id = Uuid::from_u128(FIRST_CATEGORY + category);
        let project = Uuid::from_u128(FIRST_PROJECT + category / 4);
        let _ = writeln!(
            sql,
            "INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
             VALUES ('{id}', '{WORKSPACE}', '{project}', 'Category {category}', now(), now());"
        );
    }
    sql
}

/// What a person has tracked before a round begins: so many entries of half an hour, one after the other.
const PAST_ENTRIES: u128 = 240;

/// A statement that puts the past of all people into Clockwork's schema. No trigger fires: the rows are no changes.
pub(crate) fn past_of_clockwork() -> String {
    format!(
        "SET LOCAL session_replication_role = replica;
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
         SELECT gen_random_uuid(), m.workspace_id, m.user_id, c.project_id, c.id, {PAST_START}, {PAST_STOP}, now(), now()
         FROM memberships m CROSS JOIN generate_series(1, {PAST_ENTRIES}) n CROSS JOIN (SELECT * FROM categories LIMIT 1) c"
    )
}

/// The same for the yardstick's.
pub(crate) fn past_of_yardstick() -> String {
    format!(
        "INSERT INTO entries (id, user_id, category_id, started_at, stopped_at, created_at, updated_at)
         SELECT gen_random_uuid(), u.id, c.id, {PAST_START}, {PAST_STOP}, now(), now()
         FROM users u CROSS JOIN generate_series(1, {PAST_ENTRIES}) n CROSS JOIN (SELECT * FROM categories LIMIT 1) c"
    )
}

/// The same for a server with one user and a table `time_entry`: as many rows as those of all people.
pub(crate) fn past_of_other() -> String {
    format!(
        "TRUNCATE time_entry;
         INSERT INTO time_entry (id, category_id, started_at, stopped_at, duration_seconds)
         SELECT gen_random_uuid(), c.id, {PAST_START}, {PAST_STOP}, 1800
         FROM (SELECT id FROM category LIMIT 1) c CROSS JOIN generate_series(1, {}) n",
        PEOPLE * PAST_ENTRIES
    )
}

/// When the nth entry back from now began, and when it ended.
const PAST_START: &str = "now() - n * interval '1 hour'";
const PAST_STOP: &str = "now() - n * interval '1 hour' + interval '30 minutes'";

/// The same for the yardstick's.
pub(crate) fn for_yardstick() -> String {
    let mut sql = String::new();
    for person in 0..PEOPLE {
        let _ = writeln!(sql, "INSERT INTO users (id) VALUES ('{}');", Uuid::from_u128(FIRST_USER + person));
    }
    for category in 0..CATEGORIES {
        let id = Uuid::from_u128(FIRST_CATEGORY + category);
        let project = Uuid::from_u128(FIRST_PROJECT + category / 4);
        let _ = writeln!(sql, "INSERT INTO categories (id, project_id) VALUES ('{id}', '{project}');");
    }
    sql
}
