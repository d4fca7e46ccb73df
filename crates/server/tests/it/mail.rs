//! Mail, delivered to an SMTP server that the test runs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clockwork_core::database::Db;
use clockwork_core::mail::{Mail, Mailer, Message};
use clockwork_core::models::Job;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::jobs::{JobContext, Workers};
use clockwork_core::values::EmailAddress;
use clockwork_core::values::clock::Clock;
use clockwork_core::values::ids::JobId;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Process, Received, SentAs, SmtpSink, TestApp, config_with, migrated_database};

/// A server that sends mail to a sink, with its workers.
struct Post {
    app: TestApp,
    sink: SmtpSink,
    workers: Workers,
}

/// The settings for a sink.
fn settings(sink: &SmtpSink, query: &str) -> Vec<(&'static str, String)> {
    vec![
        ("SMTP_URL", format!("smtp://clock:p%40ss@127.0.0.1:{}{query}", sink.port)),
        ("SMTP_CA_FILE", sink.certificate.display().to_string()),
        ("EMAIL_FROM", "Clockwork <clock@example.org>".to_owned()),
        ("PUBLIC_URL", "https://time.example.org".to_owned()),
    ]
}

fn configured(database: &str, settings: &[(&'static str, String)]) -> clockwork_core::config::Config {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    config_with(database, &settings)
}

impl Post {
    async fn open() -> Self {
        let sink = SmtpSink::start();
        let database = migrated_database().await;
        let config = configured(&database.url(), &settings(&sink, ""));
        let mailer = Mailer::new(&config.mail).unwrap();
        let app = TestApp::with_config(database, config.clone()).await;
        let db = Db::connect(&config.database).unwrap();
        let context = JobContext::new(db, Clock::system(), mailer);
        let workers = Workers::start(&context, &app.events.jobs_added(), &BackgroundMetrics::new());
        Self { app, sink, workers }
    }
}

/// The header of a message, with its continuation lines.
fn header<'a>(message: &'a Received, name: &str) -> Option<&'a str> {
    let head = message.data.split("\r\n\r\n").next().unwrap();
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[actix_web::test]
async fn an_invitation_arrives_encrypted_with_a_link_of_the_configuration() {
    let post = Post::open().await;
    let app = &post.app;
    let admin = app.as_admin().await;
    app.execute(&format!(
        "UPDATE users SET name = 'Grace', language = 'de' WHERE id = '{}'; UPDATE workspaces SET name = 'Süd & Söhne'",
        admin.caller.user()
    ))
    .await;
    // Whatever host the request names.
    let request = app.request(Method::POST, "/api/invitations").header("Host", "time.example.org");
    let request = request.header("X-Forwarded-Host", "evil.example").header("Forwarded", "host=evil.example");
    let body = json!({"email": "ada@example.org", "role": "member"});
    let sent = app.send(request.json(&body).sent_as(admin.caller)).await.created();
    assert_eq!(sent.json["link"], json!(null), "only the message has the link");

    let [message]: [Received; 1] = post.sink.wait_for(1).await.try_into().unwrap();
    assert!(message.encrypted);
    assert_eq!(STANDARD.decode(&message.credentials).unwrap(), b"\0clock\0p@ss");
    assert_eq!(
        (message.from.as_str(), message.to.as_slice()),
        ("clock@example.org", &["ada@example.org".to_owned()][..])
    );
    assert_eq!(header(&message, "To"), Some("ada@example.org"));
    assert_eq!(header(&message, "Auto-Submitted"), Some("auto-generated"));
    assert!(header(&message, "Message-ID").unwrap().ends_with("@example.org>"), "{}", message.data);
    assert!(header(&message, "Subject").unwrap().starts_with("Grace =?utf-8?"), "{}", message.data);
    assert!(header(&message, "Date").is_some());
    assert!(!message.data.contains("evil.example"), "{}", message.data);
    let bodies = message.data.replace("=\r\n", "").replace("=3D", "=");
    let link = bodies.split("https://time.example.org/invitation#token=").nth(1).expect("a link");
    let secret: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    assert_eq!(secret.len(), 43);
    assert!(bodies.contains("multipart/alternative") && bodies.contains("Einladung annehmen"), "{bodies}");

    let ada = app.acting_as(app.add_workspace().await);
    app.execute(&format!("UPDATE users SET email = 'ada@example.org' WHERE id = '{}'", ada.caller.user())).await;
    ada.post("/api/account/invitations/accept", json!({"token": secret})).await.ok();
    post.workers.finish().await;
    let kept = app.count("SELECT count(*) FROM jobs WHERE kind = 'send_mail'").await;
    assert_eq!(kept, 0, "the job with the link is deleted");
}

#[actix_web::test]
async fn typed_text_adds_no_header_and_no_reader() {
    let post = Post::open().await;
    let app = &post.app;
    let admin = app.as_admin().await;
    // By SQL, because the API accepts no control characters.
    app.execute(&format!(
        "ALTER TABLE users DROP CONSTRAINT users_name_valid;
         UPDATE users SET name = E'Eve\\r\\nBcc: all@example.org\\r\\n\\r\\nBuy' WHERE id = '{}'",
        admin.caller.user()
    ))
    .await;
    for email in
        ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "<a@example.org>", "a b@example.org"]
    {
        admin.post("/api/invitations", json!({"email": email, "role": "member"})).await.refused(400, "invalid_email");
    }
    admin.post("/api/invitations", json!({"email": "ada@example.org", "role": "member"})).await.created();
    let [message]: [Received; 1] = post.sink.wait_for(1).await.try_into().unwrap();
    assert_eq!(message.to, ["ada@example.org"]);
    assert_eq!((header(&message, "Bcc"), header(&message, "Cc")), (None, None), "{}", message.data);
    post.workers.finish().await;
}

async fn send(settings: &[(&'static str, String)]) -> Result<(), clockwork_core::mail::MailError> {
    let mailer = Mailer::new(&configured(&crate::harness::absent_database(), settings).mail).unwrap();
    let to = EmailAddress::parse("ada@example.org").unwrap();
    let message = Message::new(&to, None, Mail::ResetPassword { link: "https://time.example.org/x".to_owned() });
    mailer.send(JobId::new(), &message).await
}

#[actix_web::test]
async fn a_mail_server_without_a_trusted_certificate_gets_no_message() {
    let (sink, other) = (SmtpSink::start(), SmtpSink::start());
    let mut wrong = settings(&sink, "");
    wrong[1].1 = other.certificate.display().to_string();
    let error = send(&wrong).await.unwrap_err();
    assert!(!error.is_permanent && !error.to_string().contains("ada"), "{error}");
    assert_eq!(sink.received().len(), 0);
    send(&settings(&sink, "")).await.unwrap();
    send(&settings(&sink, "?tls=opportunistic")).await.unwrap();
    assert!(sink.wait_for(2).await.iter().all(|message| message.encrypted));
}

#[actix_web::test]
async fn a_rejection_is_reported_by_its_code_without_the_address() {
    let sink = SmtpSink::start();
    for (answer, permanent) in [("550 no ada@example.org here", true), ("450 ada@example.org is busy", false)] {
        sink.answer_recipients(answer);
        let error = send(&settings(&sink, "")).await.unwrap_err();
        assert_eq!(error.is_permanent, permanent, "{error}");
        assert!(error.to_string().contains(&answer[..3]) && !error.to_string().contains("ada"), "{error}");
    }
    drop(sink);
}

/// The real server, with what `serve` connects: accounts, the queue and the mail server.
#[actix_web::test]
async fn the_server_mails_a_link_for_a_forgotten_password_to_the_account_alone() {
    let (sink, database) = (SmtpSink::start(), migrated_database().await);
    let url = database.url();
    let accounts = [("AUTH_MODE", "accounts"), ("DATABASE_URL", url.as_str())];
    let create = ["create-owner", "--email", "ada@example.org", "--name", "Ada", "--password-stdin"];
    crate::cli::run_with_input(&create, &accounts, "correct horse battery staple\n");
    let settings = settings(&sink, "");
    let mut environment = accounts.to_vec();
    environment.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start(directory.path(), &environment);
    for email in ["unknown@example.org", "ADA@example.org"] {
        let request = TestApp::http_client().post(format!("{}/api/auth/forgotten", server.url));
        let request = request.header("Host", "time.example.org").header("X-Forwarded-Host", "evil.example");
        assert_eq!(request.json(&json!({"email": email})).send().await.unwrap().status(), 202);
    }
    let db = Db::connect(&configured(&url, &settings).database).unwrap();
    // A job for each: an answer about an unknown address takes as long.
    while !Job::list(&mut db.conn().await.unwrap(), None, 10).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let [message]: [Received; 1] = sink.received().try_into().unwrap();
    assert_eq!(message.to, ["ada@example.org"]);
    assert_eq!(header(&message, "Subject"), Some("Choose a new password"));
    let bodies = message.data.replace("=\r\n", "").replace("=3D", "=");
    assert!(bodies.contains("https://time.example.org/reset#token=") && !bodies.contains("evil.example"), "{bodies}");
}
