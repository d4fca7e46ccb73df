//! Rules that the database keeps for every writer, whatever the server forgets to check.

use crate::harness::{Neighbour, TestApp};

/// The caller's workspace with a project, two categories and an entry, beside another workspace.
struct Fixture {
    app: TestApp,
    there: Neighbour,
    workspace: String,
    user: String,
    project: String,
    root: String,
    child: String,
    entry: String,
}

impl Fixture {
    async fn new() -> Self {
        let app = TestApp::spawn().await;
        let there = app.neighbour().await;
        let me = app.get("/api/me").await.ok();
        let id = |which: &str| me.json[which]["id"].as_str().unwrap().to_owned();
        let (workspace, user) = (id("workspace"), id("user"));
        let project = app.project("Mine").await;
        let root = app.category(&project, "root").await;
        let child = app.subcategory(&project, &root, "child").await;
        let entry = app.entry(&child, 0, 10).await;
        Self { app, there, workspace, user, project, root, child, entry }
    }

    /// VALUES of a category.
    fn category(&self, id: &str, parent: &str, name: &str) -> String {
        format!("('{id}', '{}', '{}', {parent}, '{name}', now(), now())", self.workspace, self.project)
    }
}

const INSERT_CATEGORIES: &str =
    "INSERT INTO categories (id, workspace_id, project_id, parent_category_id, name, created_at, updated_at) VALUES";
const NEW: [&str; 2] = ["0c000000-0000-7000-8000-000000000001", "0c000000-0000-7000-8000-000000000002"];

#[actix_web::test]
async fn no_row_points_into_another_workspace() {
    let here = Fixture::new().await;
    let Fixture { app, there, workspace, user, project, root, entry, .. } = &here;
    let before = app.contents().await;
    for (statement, constraint) in [
        (format!("UPDATE projects SET client_id = '{}' WHERE id = '{project}'", there.client), "projects_client_fkey"),
        (
            format!("UPDATE categories SET parent_category_id = '{}' WHERE id = '{root}'", there.category),
            "categories_parent_fkey",
        ),
        (
            format!("{INSERT_CATEGORIES} ('{}', '{workspace}', '{}', null, 'x', now(), now())", NEW[0], there.project),
            "categories_project_fkey",
        ),
        (
            format!("UPDATE time_entries SET category_id = '{}' WHERE id = '{entry}'", there.category),
            "time_entries_category_fkey",
        ),
        (
            format!(
                "UPDATE time_entries SET category_id = '{}', project_id = '{}' WHERE id = '{entry}'",
                there.category, there.project
            ),
            "time_entries_category_fkey",
        ),
        (
            format!(
                "UPDATE time_entries SET user_id = (SELECT id FROM users WHERE id <> '{user}') WHERE id = '{entry}'"
            ),
            "time_entries_member_fkey",
        ),
        (
            format!("INSERT INTO time_entry_tags VALUES ('{workspace}', '{entry}', '{}')", there.tag),
            "time_entry_tags_tag_fkey",
        ),
        (
            format!("INSERT INTO time_entry_tags VALUES ('{}', '{entry}', '{}')", there.workspace, there.tag),
            "time_entry_tags_entry_fkey",
        ),
    ] {
        assert_eq!(app.violates(&statement).await, constraint, "{statement}");
    }
    assert_eq!(app.contents().await, before);
}

#[actix_web::test]
async fn an_entry_lies_in_a_category_of_its_project() {
    let Fixture { app, project, entry, .. } = Fixture::new().await;
    let other = app.project("Other").await;
    let category = app.category(&other, "x").await;
    for change in [format!("category_id = '{category}'"), format!("project_id = '{other}'")] {
        let statement = format!("UPDATE time_entries SET {change} WHERE id = '{entry}'");
        assert_eq!(app.violates(&statement).await, "time_entries_category_fkey", "{project}");
    }
}

#[actix_web::test]
async fn categories_make_no_cycle() {
    let here = Fixture::new().await;
    let Fixture { app, root, child, .. } = &here;
    let before = app.contents().await;
    let put =
        |id: &str, parent: &str| format!("UPDATE categories SET parent_category_id = '{parent}' WHERE id = '{id}'");
    assert_eq!(app.violates(&put(root, root)).await, "categories_not_own_parent");
    assert_eq!(app.violates(&put(root, child)).await, "categories_acyclic");
    let swap = format!(
        "UPDATE categories SET parent_category_id = CASE id WHEN '{root}' THEN '{child}'::uuid ELSE '{root}'::uuid END
         WHERE id IN ('{root}', '{child}')"
    );
    assert_eq!(app.violates(&swap).await, "categories_acyclic");
    // Two rows of one INSERT that point at each other.
    let [one, two] = NEW;
    let (first, second) = (here.category(one, &format!("'{two}'"), "x"), here.category(two, &format!("'{one}'"), "y"));
    assert_eq!(app.violates(&format!("{INSERT_CATEGORIES} {first}, {second}")).await, "categories_acyclic");
    assert_eq!(app.contents().await, before);
    // A chain in one INSERT is none.
    let (first, second) = (here.category(one, &format!("'{two}'"), "x"), here.category(two, &format!("'{root}'"), "y"));
    app.execute(&format!("{INSERT_CATEGORIES} {first}, {second}")).await;
}

#[actix_web::test]
async fn two_transactions_that_move_make_no_cycle_together() {
    let here = Fixture::new().await;
    let Fixture { app, project, .. } = &here;
    let (a, b) = (app.category(project, "a").await, app.category(project, "b").await);
    let (one, two) = (app.sql().await, app.sql().await);
    let put =
        |id: &str, parent: &str| format!("UPDATE categories SET parent_category_id = '{parent}' WHERE id = '{id}'");
    one.batch_execute(&format!("BEGIN; {}", put(&a, &b))).await.unwrap();
    let second = put(&b, &a);
    let moving = two.batch_execute(&second);
    // The second waits for the first, which then commits.
    let committing = async {
        app.until_waiting(1).await;
        one.batch_execute("COMMIT").await.unwrap();
    };
    let (moved, ()) = futures_util::future::join(moving, committing).await;
    let error = moved.expect_err("the second move must be refused");
    assert_eq!(error.as_db_error().and_then(|error| error.constraint()), Some("categories_acyclic"));
}

#[actix_web::test]
async fn a_category_stays_in_its_project_for_life() {
    let Fixture { app, there, child, workspace, .. } = Fixture::new().await;
    let other = app.project("Other").await;
    let statement =
        format!("UPDATE categories SET project_id = '{other}', parent_category_id = null WHERE id = '{child}'");
    assert_eq!(app.violates(&statement).await, "categories_project_fixed");
    let statement = format!(
        "UPDATE categories SET workspace_id = '{}', project_id = '{}', parent_category_id = null WHERE id = '{child}'",
        there.workspace, there.project
    );
    assert_eq!(app.violates(&statement).await, "categories_project_fixed", "{workspace}");
}

#[actix_web::test]
async fn a_person_has_one_running_entry_also_over_workspaces() {
    let Fixture { app, there, workspace, user, project, child, .. } = Fixture::new().await;
    app.post("/api/time/start", serde_json::json!({"categoryId": child})).await.created();
    let running = |id: &str, workspace: &str, project: &str, category: &str| {
        format!(
            "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, created_at, updated_at)
             VALUES ('{id}', '{workspace}', '{user}', '{project}', '{category}', now(), now(), now())"
        )
    };
    let second = running(NEW[0], &workspace, &project, &child);
    assert_eq!(app.violates(&second).await, "time_entries_one_running_per_user");
    let member = format!(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
         VALUES ('{}', '{user}', 'member', now(), now())",
        there.workspace
    );
    app.execute(&member).await;
    let elsewhere = running(NEW[1], there.workspace, there.project, there.category);
    assert_eq!(app.violates(&elsewhere).await, "time_entries_one_running_per_user");
}

#[actix_web::test]
async fn times_and_texts_are_what_they_should_be() {
    let Fixture { app, entry, project, root, .. } = Fixture::new().await;
    for (table, change, constraint) in [
        ("time_entries", "stopped_at = started_at - interval '1 microsecond'", "time_entries_stop_after_start"),
        ("time_entries", "started_at = '1969-12-31T23:59:59Z'", "time_entries_time_range"),
        ("time_entries", "stopped_at = '2100-01-01T00:00:00Z'", "time_entries_time_range"),
        ("time_entries", "description = repeat('x', 5001)", "time_entries_description_valid"),
        ("projects", "name = ''", "projects_name_valid"),
        ("projects", "name = ' x'", "projects_name_valid"),
        ("projects", "name = E'a\\nb'", "projects_name_valid"),
        ("projects", "name = repeat('x', 256)", "projects_name_valid"),
        ("projects", "description = ''", "projects_description_valid"),
        ("projects", "color = '#ABCDEF'", "projects_color_valid"),
        ("categories", "name = repeat('x', 1001)", "categories_name_valid"),
    ] {
        let id = [("time_entries", &entry), ("projects", &project), ("categories", &root)];
        let id = id.iter().find(|(name, _)| *name == table).unwrap().1;
        let statement = format!("UPDATE {table} SET {change} WHERE id = '{id}'");
        assert_eq!(app.violates(&statement).await, constraint, "{statement}");
    }
}
