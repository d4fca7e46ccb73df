//! The people who track time in a benchmark, and the place where they do. They are made by SQL, because there is no
//! other way to make users yet.

use std::fmt::Write as _;

use actix_web::HttpRequest;
use clockwork_core::access::{Actor, Caller, Role};
use clockwork_core::values::ids::{UserId, WorkspaceId};
use clockwork_server::state::Identity;
use uuid::{Uuid, uuid};

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
pub(crate) fn clients(count: usize) -> Vec<Client> {
    let mut clients = vec![Client::new(); count];
    for (person, client) in (0..PEOPLE).zip((0..count).cycle()) {
        if let Some(client) = clients.get_mut(client) {
            client.push(Person {
                caller: Some(Uuid::from_u128(FIRST_USER + person).to_string()),
                category: Uuid::from_u128(FIRST_CATEGORY + person % CATEGORIES).to_string(),
            });
        }
    }
    clients
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
