//! Another workspace in the same database, of which a caller must not see, change or use anything.

use super::TestApp;

/// Another workspace, with one row of each kind.
pub struct Neighbour {
    /// Its id.
    pub workspace: &'static str,
    /// A client.
    pub client: &'static str,
    /// A project of that client.
    pub project: &'static str,
    /// A category of that project.
    pub category: &'static str,
    /// A tag.
    pub tag: &'static str,
    /// A finished entry of that category, with that tag.
    pub entry: &'static str,
}

/// All ids, and all texts with «Neighbour» in them, so that a leak is easy to find.
const NEIGHBOUR: Neighbour = Neighbour {
    workspace: "0b000000-0000-7000-8000-000000000001",
    client: "0b000000-0000-7000-8000-000000000003",
    project: "0b000000-0000-7000-8000-000000000004",
    category: "0b000000-0000-7000-8000-000000000005",
    tag: "0b000000-0000-7000-8000-000000000006",
    entry: "0b000000-0000-7000-8000-000000000007",
};
const USER: &str = "0b000000-0000-7000-8000-000000000002";

impl TestApp {
    /// Puts another workspace beside the caller's.
    pub async fn neighbour(&self) -> Neighbour {
        let Neighbour { workspace, client, project, category, tag, entry } = NEIGHBOUR;
        self.execute(&format!(
            "INSERT INTO workspaces (id, name, created_at, updated_at) VALUES ('{workspace}', 'Neighbour', now(), now());
             INSERT INTO users (id, name, created_at, updated_at) VALUES ('{USER}', 'Neighbour', now(), now());
             INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             VALUES ('{workspace}', '{USER}', 'owner', now(), now());
             INSERT INTO clients (id, workspace_id, name, created_at, updated_at)
             VALUES ('{client}', '{workspace}', 'Neighbour', now(), now());
             INSERT INTO projects (id, workspace_id, client_id, name, color, created_at, updated_at)
             VALUES ('{project}', '{workspace}', '{client}', 'Neighbour', '#000000', now(), now());
             INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
             VALUES ('{category}', '{workspace}', '{project}', 'Neighbour', now(), now());
             INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
             VALUES ('{tag}', '{workspace}', 'Neighbour', now(), now());
             INSERT INTO time_entries
             (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, created_at, updated_at)
             VALUES ('{entry}', '{workspace}', '{USER}', '{project}', '{category}', '2026-03-02T08:00:00Z', '2026-03-02T08:30:00Z',
                     'Neighbour', now(), now());
             INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id) VALUES ('{workspace}', '{entry}', '{tag}');"
        ))
        .await;
        NEIGHBOUR
    }
}
