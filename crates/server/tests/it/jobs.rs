//! The queue of jobs: each job is done once, is tried again after a failure, and returns to the queue at a shutdown.

use std::time::Duration;

use clockwork_core::accounts::workspaces::EraseWorkspace;
use clockwork_core::database::Db;
use clockwork_core::events::{Hub, StreamIntervals};
use clockwork_core::jobs::{self, JobOptions};
use clockwork_core::mail::{self, Mail, Mailer, Message};
use clockwork_core::models::{ClaimedKind, Job, JobSchedule};
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::jobs::{JobContext, Workers};
use clockwork_core::values::EmailAddress;
use clockwork_core::values::clock::Clock;
use clockwork_core::values::ids::{JobLeaseId, WorkspaceId};
use clockwork_devdb::testing::TestDb;
use diesel_async::AsyncPgConnection;
use tokio_postgres::NoTls;

use crate::harness::{SmtpSink, config_with, migrated_database};

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

fn claimed(name: &'static str, seconds: u64, attempts: i32) -> ClaimedKind {
    ClaimedKind { name, held: Duration::from_secs(seconds), attempts }
}

struct Queue {
    database: TestDb,
    sink: SmtpSink,
    context: JobContext,
}

/// A server, as far as it does jobs.
struct Server {
    workers: Workers,
    hub: Hub,
}

impl Server {
    async fn finish(self) {
        self.workers.finish().await;
        self.hub.stop();
    }
}

impl Queue {
    async fn new() -> Self {
        let database = migrated_database().await;
        let sink = SmtpSink::start();
        let url = format!("smtp://127.0.0.1:{}", sink.port);
        let file = sink.certificate.display().to_string();
        let config = config_with(
            &database.url(),
            &[
                ("SMTP_URL", &url),
                ("SMTP_CA_FILE", &file),
                ("EMAIL_FROM", "c@example.org"),
                ("PUBLIC_URL", "https://t.example"),
                ("DATABASE_MAX_CONNS", "2"),
            ],
        );
        let (db, mailer) = (Db::connect(&config.database).unwrap(), Mailer::new(&config.mail).unwrap());
        Self { database, sink, context: JobContext::new(db, Clock::system(), mailer) }
    }

    fn server(&self) -> Server {
        let hub = Hub::new(self.context.db.clone(), StreamIntervals::default());
        hub.wake();
        let JobContext { db, clock, mailer, .. } = &self.context;
        let context = JobContext::new(db.clone(), clock.clone(), mailer.clone());
        let workers = Workers::start(&context, &hub.jobs_added(), &BackgroundMetrics::new());
        Server { workers, hub }
    }

    async fn add(&self, number: usize) {
        let to = EmailAddress::parse(&format!("reader{number}@example.org")).unwrap();
        let message = Message::new(&to, Some("de"), Mail::PasswordChanged);
        mail::enqueue(&mut self.context.db.conn().await.unwrap(), &message).await.unwrap();
    }

    async fn execute(&self, sql: &str) {
        let (client, connection) = tokio_postgres::connect(&self.database.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
    }

    /// All but the recurring ones.
    async fn jobs(&self) -> Vec<Job> {
        let mut jobs = Job::list(&mut self.context.db.conn().await.unwrap(), None, 1_000).await.unwrap();
        jobs.retain(|job| !["forget_dead_jobs", "watch_budgets", "daily"].contains(&job.kind.as_str()));
        jobs
    }

    /// Waits until the jobs are as `wanted`.
    async fn until(&self, wanted: impl Fn(&[Job]) -> bool) -> Vec<Job> {
        let begun = std::time::Instant::now();
        loop {
            let jobs = self.jobs().await;
            if wanted(&jobs) {
                return jobs;
            }
            assert!(begun.elapsed() < DEADLINE, "{jobs:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[actix_web::test]
async fn several_servers_do_each_job_once() {
    let queue = Queue::new().await;
    for number in 0..20 {
        queue.add(number).await;
    }
    let servers = [queue.server(), queue.server(), queue.server()];
    queue.until(<[Job]>::is_empty).await;
    for server in servers {
        server.finish().await;
    }
    let mut readers: Vec<String> = queue.sink.received().into_iter().flat_map(|message| message.to).collect();
    readers.sort();
    let mut expected: Vec<String> = (0..20).map(|number| format!("reader{number}@example.org")).collect();
    expected.sort();
    assert_eq!(readers, expected);
}

#[actix_web::test]
async fn a_job_that_fails_is_tried_again_later_and_is_dead_in_the_end() {
    let queue = Queue::new().await;
    queue.sink.answer_recipients("450 reader0@example.org is busy");
    queue.add(0).await;
    let workers = queue.server();
    let failed = queue.until(|jobs| jobs[0].last_error.is_some()).await;
    assert_eq!((failed[0].attempts, failed[0].failed_at, failed[0].locked_until), (1, None, None));
    assert!(failed[0].run_at > failed[0].created_at + chrono::TimeDelta::seconds(7), "{failed:?}");
    assert_eq!(failed[0].last_error.as_deref(), Some("the mail server answered 450"));

    queue.execute("UPDATE jobs SET attempts = 7, run_at = now()").await;
    let dead = queue.until(|jobs| jobs[0].failed_at.is_some()).await;
    assert_eq!(dead[0].attempts, 8);
    let mut conn = queue.context.db.conn().await.unwrap();
    let counts = Job::count(&mut conn).await.unwrap();
    let mail = counts.iter().find(|count| count.kind == "send_mail").unwrap();
    assert_eq!((mail.waiting, mail.dead), (0, 1));
    assert_eq!(Job::list(&mut conn, Some(true), 10).await.unwrap().len(), 1);

    queue.sink.answer_recipients("250 OK");
    assert_eq!(Job::retry(&mut conn, Some(dead[0].id)).await.unwrap(), 1);
    queue.until(<[Job]>::is_empty).await;
    queue.sink.answer_recipients("550 nobody");
    queue.add(1).await;
    let refused = queue.until(|jobs| jobs.first().is_some_and(|job| job.failed_at.is_some())).await;
    assert_eq!(refused[0].attempts, 1, "a permanent rejection is not tried again");
    assert_eq!(Job::delete(&mut conn, refused[0].id).await.unwrap(), 1);
    workers.finish().await;
}

#[actix_web::test]
async fn a_job_of_a_worker_that_died_is_done_by_another_one() {
    let queue = Queue::new().await;
    queue.add(0).await;
    let mut conn = queue.context.db.conn().await.unwrap();
    let kinds = [claimed("erase_workspace", 0, 10), claimed("send_mail", 600, 8)];
    let mut claim = async || Job::claim(&mut conn, &kinds, JobLeaseId::new()).await.unwrap();
    let lost = claim().await.unwrap();
    assert!(claim().await.is_none(), "it is taken");
    queue.execute("UPDATE jobs SET locked_until = now() - interval '1 second'").await;
    let again = claim().await.unwrap();
    assert_eq!((again.id, again.attempts, again.is_spent), (lost.id, 2, false));
    // The first attempt was only slow: its result is ignored.
    assert_eq!(lost.finish(&mut conn).await.unwrap(), 0);
    assert_eq!(lost.fail(&mut conn, "late", Duration::ZERO, true).await.unwrap(), 0);
    assert_eq!(again.finish(&mut conn).await.unwrap(), 1);
    // A kind of a later release is left to its servers.
    queue.execute("INSERT INTO jobs (id, kind, payload) VALUES (gen_random_uuid(), 'from_the_future', '{}')").await;
    let workers = queue.server();
    queue.add(1).await;
    queue.until(|jobs| jobs.len() == 1).await;
    assert_eq!(queue.jobs().await[0].attempts, 0);
    workers.finish().await;
}

/// A job that ends the process which does it would otherwise end every server, one after the other, for ever.
#[actix_web::test]
async fn a_job_whose_server_dies_at_every_attempt_is_dead_in_the_end() {
    let queue = Queue::new().await;
    queue.add(0).await;
    let mut conn = queue.context.db.conn().await.unwrap();
    let kinds = [claimed("send_mail", 600, 8)];
    for attempt in 1..=8 {
        let job = Job::claim(&mut conn, &kinds, JobLeaseId::new()).await.unwrap().unwrap();
        assert_eq!((job.attempts, job.is_spent), (attempt, false));
        queue.execute("UPDATE jobs SET locked_until = now() - interval '1 second'").await;
    }
    let workers = queue.server();
    let dead = queue.until(|jobs| jobs[0].failed_at.is_some()).await;
    assert_eq!((dead[0].attempts, dead[0].locked_until), (8, None));
    assert_eq!(dead[0].last_error.as_deref(), Some("no server has stored the end of the last attempt"));
    let counts = Job::count(&mut conn).await.unwrap();
    let mail = counts.iter().find(|count| count.kind == "send_mail").unwrap();
    assert_eq!((mail.waiting, mail.dead), (0, 1), "as the alert JobsDead counts it");
    assert_eq!(queue.sink.received().len(), 0, "it was not tried a ninth time");
    // An operator who has mended the cause has it tried again.
    assert_eq!(Job::retry(&mut conn, Some(dead[0].id)).await.unwrap(), 1);
    queue.until(<[Job]>::is_empty).await;
    assert_eq!(queue.sink.received().len(), 1);
    workers.finish().await;
}

/// What is due next week keeps nobody waiting: the alert JobsStuck fires for what is due, runs, or is tried again.
#[actix_web::test]
async fn a_job_of_next_week_is_not_counted_as_waiting() {
    let queue = Queue::new().await;
    let mut conn = queue.context.db.conn().await.unwrap();
    let add = async |conn: &mut AsyncPgConnection, days: u64, key: &str| {
        let delay = Duration::from_secs(days * 86_400);
        let job = EraseWorkspace { workspace: WorkspaceId::new() };
        jobs::enqueue(conn, &job, JobOptions { delay, unique_key: Some(key) }).await.unwrap();
    };
    let waiting = async |conn: &mut AsyncPgConnection| {
        let counts = Job::count(conn).await.unwrap();
        counts.iter().find(|count| count.kind == "erase_workspace").map(|count| count.waiting)
    };
    add(&mut conn, 7, "next week").await;
    assert_eq!(waiting(&mut conn).await, Some(0));
    add(&mut conn, 0, "now").await;
    assert_eq!(waiting(&mut conn).await, Some(1));
    // It runs, and then waits for its next attempt.
    let kinds = [claimed("erase_workspace", 600, 10)];
    let job = Job::claim(&mut conn, &kinds, JobLeaseId::new()).await.unwrap().unwrap();
    assert_eq!(waiting(&mut conn).await, Some(1));
    assert_eq!(job.fail(&mut conn, "a lock", Duration::from_secs(3_600), false).await.unwrap(), 1);
    assert_eq!(waiting(&mut conn).await, Some(1));
}

#[actix_web::test]
async fn a_job_that_a_shutdown_interrupts_returns_to_the_queue() {
    let queue = Queue::new().await;
    queue.sink.answer_recipients("hang");
    queue.add(0).await;
    let workers = queue.server();
    queue.until(|jobs| jobs[0].locked_until.is_some()).await;
    workers.finish().await;
    let jobs = queue.jobs().await;
    assert_eq!((jobs[0].locked_until, jobs[0].attempts, jobs[0].failed_at), (None, 0, None));
    queue.sink.answer_recipients("250 OK");
    let next = queue.server();
    queue.until(<[Job]>::is_empty).await;
    next.finish().await;
    assert_eq!(queue.sink.received().len(), 1);
}

/// Before the migrations of this release, and after a roll back of them, the server has nothing to do.
#[actix_web::test]
async fn a_server_waits_for_the_tables_of_the_queue() {
    let queue = Queue::new().await;
    queue.execute("ALTER TABLE jobs RENAME TO jobs_of_later").await;
    let early = queue.server();
    early.finish().await;
    let server = queue.server();
    queue.execute("ALTER TABLE jobs_of_later RENAME TO jobs").await;
    queue.add(0).await;
    queue.until(<[Job]>::is_empty).await;
    server.finish().await;
    assert_eq!(queue.sink.received().len(), 1);
}

#[actix_web::test]
async fn jobs_use_one_connection_of_the_pool_and_requests_have_the_others() {
    let queue = Queue::new().await;
    let (holder, connection) = tokio_postgres::connect(&queue.database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    holder.batch_execute("BEGIN; LOCK TABLE deleted_time_entries").await.unwrap();
    let mut conn = queue.context.db.conn().await.unwrap();
    let workspace = WorkspaceId::new();
    jobs::enqueue(&mut conn, &EraseWorkspace { workspace }, JobOptions::default()).await.unwrap();
    drop(conn);
    queue.add(0).await;
    let server = queue.server();
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'deleted_time_entries'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while holder.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    // One job waits with the only connection that jobs may use, and the pool has two.
    assert_eq!(queue.jobs().await.len(), 2);
    holder.batch_execute("COMMIT").await.unwrap();
    queue.until(<[Job]>::is_empty).await;
    server.finish().await;
}

#[actix_web::test]
async fn a_schedule_that_is_due_is_run_by_one_server() {
    let queue = Queue::new().await;
    let day = Duration::from_secs(86_400);
    let take = async || JobSchedule::add_due(&mut queue.context.db.conn().await.unwrap(), "daily", day).await.unwrap();
    for _ in 0..3 {
        let taken = futures_util::future::join_all((0..8).map(|_| take())).await;
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
        assert!(!take().await, "it is due tomorrow");
        queue.execute("UPDATE job_schedules SET next_run_at = now() - interval '3 days'").await;
    }
    // The recurring jobs: once a day, however many servers there are.
    let servers = [queue.server(), queue.server()];
    queue.execute(
        "INSERT INTO jobs (id, kind, payload, failed_at) VALUES (gen_random_uuid(), 'send_mail', '{}', now() - interval '31 days'),
             (gen_random_uuid(), 'send_mail', '{}', now() - interval '29 days')",
    )
    .await;
    queue.execute("UPDATE job_schedules SET next_run_at = now() - interval '1 hour'").await;
    let next = [queue.server()];
    queue.until(|jobs| jobs.len() == 1).await;
    for server in servers.into_iter().chain(next) {
        server.finish().await;
    }
}
