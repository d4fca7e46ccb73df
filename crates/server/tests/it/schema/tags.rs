//! A tag on an entry exists, and so does the entry: kept by triggers instead of foreign keys, so held here against
//! every order of two transactions.

use futures_util::future::join_all;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::harness::TestApp;

/// Links whose tag or entry is not there.
const DANGLING_LINKS: &str = "
    SELECT count(*) FROM time_entry_tags l
    WHERE NOT EXISTS (SELECT FROM tags t WHERE t.workspace_id = l.workspace_id AND t.id = l.tag_id)
       OR NOT EXISTS (SELECT FROM time_entries e WHERE e.workspace_id = l.workspace_id AND e.id = l.time_entry_id)";
const LINKS: &str = "SELECT count(*) FROM time_entry_tags";
const TAG_MISSING: &str = "time_entry_tags_tag_fkey";
const ENTRY_MISSING: &str = "time_entry_tags_entry_fkey";

/// What a row of `time_entry_tags` refers to.
#[derive(Debug, Clone, Copy)]
enum Referred {
    Tag,
    Entry,
}

impl Referred {
    const ALL: [Self; 2] = [Self::Tag, Self::Entry];

    fn table(self) -> &'static str {
        match self {
            Self::Tag => "tags",
            Self::Entry => "time_entries",
        }
    }

    /// The constraint that the error names when it is missing.
    fn missing(self) -> &'static str {
        match self {
            Self::Tag => TAG_MISSING,
            Self::Entry => ENTRY_MISSING,
        }
    }
}

/// A caller's entry and tag, and two sessions of others.
struct Fixture {
    app: TestApp,
    entry: String,
    tag: String,
    one: Client,
    two: Client,
}

impl Fixture {
    async fn new() -> Self {
        let app = TestApp::spawn().await;
        let project = app.project("Mine").await;
        let category = app.category(&project, "x").await;
        let entry = app.entry(&category, 0, 10).await;
        let tag = app.tag("a").await;
        let (one, two) = (app.sql().await, app.sql().await);
        Self { app, entry, tag, one, two }
    }

    fn put(&self) -> String {
        format!(
            "INSERT INTO time_entry_tags SELECT workspace_id, '{}', id FROM tags WHERE id = '{}'",
            self.entry, self.tag
        )
    }

    /// The same without a look at the tag, as a program does that has seen it before.
    async fn put_unseen(&self) -> String {
        let sql = format!("SELECT workspace_id::text FROM tags WHERE id = '{}'", self.tag);
        let workspace: String = self.app.sql().await.query_one(&sql, &[]).await.unwrap().get(0);
        format!("INSERT INTO time_entry_tags VALUES ('{workspace}', '{}', '{}')", self.entry, self.tag)
    }

    fn delete(&self, referred: Referred) -> String {
        let id = match referred {
            Referred::Tag => &self.tag,
            Referred::Entry => &self.entry,
        };
        format!("DELETE FROM {} WHERE id = '{id}'", referred.table())
    }

    /// What `second` ends with when it has had to wait for `one`, which then ends with `end`.
    async fn after(&self, second: &str, end: &str) -> Result<(), tokio_postgres::Error> {
        let waiting = async {
            self.app.until_waiting(1).await;
            self.one.batch_execute(end).await.unwrap();
        };
        futures_util::future::join(self.two.batch_execute(second), waiting).await.0
    }
}

fn constraint(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error().and_then(|error| error.constraint())
}

#[actix_web::test]
async fn a_tag_or_entry_that_is_deleted_while_they_are_joined_takes_the_row_with_it() {
    for referred in Referred::ALL {
        for end in ["COMMIT", "ROLLBACK"] {
            let fixture = Fixture::new().await;
            fixture.one.batch_execute(&format!("BEGIN; {}", fixture.put())).await.unwrap();
            fixture.after(&fixture.delete(referred), end).await.unwrap();
            assert_eq!(fixture.app.count(LINKS).await, 0, "{referred:?}, {end}");
            let left = format!("SELECT count(*) FROM {}", referred.table());
            assert_eq!(fixture.app.count(&left).await, 0, "{referred:?}, {end}");
        }
    }
}

#[actix_web::test]
async fn a_tag_is_put_on_no_entry_while_one_of_them_is_deleted() {
    for referred in Referred::ALL {
        for (end, links) in [("COMMIT", 0), ("ROLLBACK", 1)] {
            let fixture = Fixture::new().await;
            let put = fixture.put_unseen().await;
            fixture.one.batch_execute(&format!("BEGIN; {}", fixture.delete(referred))).await.unwrap();
            let result = fixture.after(&put, end).await;
            let refused = (links == 0).then_some(referred.missing());
            assert_eq!(result.as_ref().err().and_then(constraint), refused, "{referred:?}, {end}");
            assert_eq!(fixture.app.count(LINKS).await, links, "{referred:?}, {end}");
        }
    }
}

#[actix_web::test]
async fn a_transaction_with_an_older_view_leaves_no_stray_either() {
    for (referred, level) in Referred::ALL.into_iter().flat_map(|it| [(it, "REPEATABLE READ"), (it, "SERIALIZABLE")]) {
        let what = format!("{referred:?}, {level}");
        // It deletes what has been joined with another since.
        let fixture = Fixture::new().await;
        let begin = format!("BEGIN ISOLATION LEVEL {level}; SELECT count(*) FROM time_entry_tags");
        fixture.one.batch_execute(&begin).await.unwrap();
        fixture.two.batch_execute(&fixture.put()).await.unwrap();
        let error = fixture.one.batch_execute(&fixture.delete(referred)).await.unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::FEATURE_NOT_SUPPORTED), "{what}");
        let error = {
            fixture.one.batch_execute(&format!("ROLLBACK; BEGIN ISOLATION LEVEL {level}")).await.unwrap();
            let truncate = format!("TRUNCATE {}, time_entry_tags", referred.table());
            fixture.one.batch_execute(&truncate).await.unwrap_err()
        };
        assert_eq!(constraint(&error), Some(referred.missing()), "{what}");
        fixture.one.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(fixture.app.count(LINKS).await, 1, "{what}");

        // It joins what has been deleted since.
        fixture.app.execute("DELETE FROM time_entry_tags").await;
        let put = fixture.put_unseen().await;
        fixture.one.batch_execute(&begin).await.unwrap();
        fixture.two.batch_execute(&fixture.delete(referred)).await.unwrap();
        let error = fixture.one.batch_execute(&put).await.unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE), "{what}");
        fixture.one.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(fixture.app.count(DANGLING_LINKS).await, 0, "{what}");
    }
}

#[actix_web::test]
async fn nothing_else_leaves_a_row_without_its_tag_or_entry() {
    let fixture = Fixture::new().await;
    let Fixture { app, tag, entry, .. } = &fixture;
    let there = app.neighbour().await;
    app.execute(&fixture.put()).await;
    let before = app.contents().await;
    let new = "0c000000-0000-7000-8000-000000000001";
    for (statement, constraint) in [
        (format!("UPDATE tags SET id = '{new}' WHERE id = '{tag}'"), "tags_key_fixed"),
        (format!("UPDATE tags SET workspace_id = '{}' WHERE id = '{tag}'", there.workspace), "tags_key_fixed"),
        (format!("UPDATE time_entry_tags SET tag_id = '{new}' WHERE tag_id = '{tag}'"), TAG_MISSING),
        (format!("UPDATE time_entry_tags SET tag_id = '{}' WHERE tag_id = '{tag}'", there.tag), TAG_MISSING),
        (format!("UPDATE time_entries SET id = '{new}' WHERE id = '{entry}'"), "time_entries_key_fixed"),
        (format!("UPDATE time_entry_tags SET time_entry_id = '{new}' WHERE tag_id = '{tag}'"), ENTRY_MISSING),
        ("TRUNCATE time_entries".to_owned(), ENTRY_MISSING),
        ("TRUNCATE time_entries CASCADE".to_owned(), ENTRY_MISSING),
        (
            format!(
                "DELETE FROM time_entry_tags;
                 INSERT INTO time_entry_tags SELECT workspace_id, unnest(ARRAY['{entry}', '{new}'])::uuid, id FROM tags WHERE id = '{tag}'"
            ),
            ENTRY_MISSING,
        ),
        (
            format!(
                "DELETE FROM time_entry_tags;
                 WITH gone AS (DELETE FROM time_entries WHERE id = '{entry}' RETURNING workspace_id, id)
                 INSERT INTO time_entry_tags SELECT workspace_id, id, '{tag}' FROM gone"
            ),
            ENTRY_MISSING,
        ),
        ("TRUNCATE tags".to_owned(), TAG_MISSING),
        ("TRUNCATE tags CASCADE".to_owned(), TAG_MISSING),
        // One good and one bad row of one statement, and a tag that the same statement deletes.
        (
            format!(
                "DELETE FROM time_entry_tags;
                 INSERT INTO time_entry_tags SELECT workspace_id, '{entry}', unnest(ARRAY[id, '{new}']) FROM tags WHERE id = '{tag}'"
            ),
            TAG_MISSING,
        ),
        (
            format!(
                "DELETE FROM time_entry_tags;
                 WITH gone AS (DELETE FROM tags WHERE id = '{tag}' RETURNING workspace_id, id)
                 INSERT INTO time_entry_tags SELECT workspace_id, '{entry}', id FROM gone"
            ),
            TAG_MISSING,
        ),
    ] {
        assert_eq!(app.violates(&statement).await, constraint, "{statement}");
    }
    assert_eq!(app.contents().await, before);
    app.execute("TRUNCATE tags, time_entry_tags").await;
    app.execute("TRUNCATE time_entries, time_entry_tags").await;
}

/// Entries like the first one, their ids ending in `n`.
const INSERT_ENTRIES: &str = "
    INSERT INTO time_entries
        (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
    SELECT ('0c000000-0000-7000-8000-00000000000' || n)::uuid,
           m.workspace_id, m.user_id, c.project_id, c.id, now() - interval '1 hour', now(), now(), now()
    FROM categories c JOIN memberships m USING (workspace_id), ";

/// Many sessions put tags on entries, take them off, make and delete tags and entries, in random order.
#[actix_web::test]
async fn many_writers_leave_no_stray() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    app.execute(&format!("{INSERT_ENTRIES} generate_series(0, 5) n")).await;
    let writers = (0..6_u64).map(|number| {
        let sql = app.sql();
        async move {
            let (sql, mut random) = (sql.await, fastrand::Rng::with_seed(number));
            let (mut done, mut refused) = (0, 0);
            for _ in 0..150 {
                let statements: Vec<String> = (0..random.u8(1..4)).map(|_| statement(&mut random)).collect();
                let end = if random.u8(0..8) == 0 { "ROLLBACK" } else { "COMMIT" };
                let transaction = format!("BEGIN; {}; {end}", statements.join("; "));
                match sql.batch_execute(&transaction).await {
                    Ok(()) => done += 1,
                    Err(error) => {
                        let is_race = [
                            SqlState::FOREIGN_KEY_VIOLATION,
                            SqlState::UNIQUE_VIOLATION,
                            // Statements in random order may wait for each other.
                            SqlState::T_R_DEADLOCK_DETECTED,
                        ];
                        assert!(error.code().is_some_and(|code| is_race.contains(code)), "{transaction}: {error:?}");
                        refused += 1;
                        sql.batch_execute("ROLLBACK").await.unwrap();
                    }
                }
            }
            (done, refused)
        }
    });
    let ends: Vec<(u32, u32)> = join_all(writers).await;
    assert!(ends.iter().map(|(done, _)| done).sum::<u32>() > 50, "{ends:?}");
    assert!(ends.iter().map(|(_, refused)| refused).sum::<u32>() > 0, "none met another: {ends:?}");
    assert_eq!(app.count(DANGLING_LINKS).await, 0);
}

/// Something that a writer does.
fn statement(random: &mut fastrand::Rng) -> String {
    let tag = format!("'0d000000-0000-7000-8000-00000000000{}'", random.u8(0..4));
    let entry_number = random.u8(0..6);
    let entry = format!("'0c000000-0000-7000-8000-00000000000{entry_number}'");
    match random.u8(0..14) {
        0..3 => format!(
            "INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
             SELECT {tag}, id, {tag}, now(), now() FROM workspaces ON CONFLICT DO NOTHING"
        ),
        3..5 => format!("DELETE FROM tags WHERE id = {tag}"),
        5 => format!("DELETE FROM time_entry_tags WHERE time_entry_id = {entry}"),
        6 => format!(
            "UPDATE time_entry_tags l SET tag_id = {tag} WHERE time_entry_id = {entry}
             AND NOT EXISTS (SELECT FROM time_entry_tags o WHERE o.time_entry_id = {entry} AND o.tag_id = {tag})
             AND tag_id = (SELECT min(tag_id::text)::uuid FROM time_entry_tags WHERE time_entry_id = {entry})"
        ),
        7..9 => format!("DELETE FROM time_entries WHERE id = {entry}"),
        9..11 => format!("{INSERT_ENTRIES} (VALUES ({entry_number})) AS v (n) ON CONFLICT DO NOTHING"),
        _ => format!("INSERT INTO time_entry_tags SELECT id, {entry}, {tag} FROM workspaces ON CONFLICT DO NOTHING"),
    }
}
