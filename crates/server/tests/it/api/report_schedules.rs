//! `/api/saved-reports/{savedReportId}/schedules`, what they send, and `/api/scheduled-reports/{stopToken}/stop`

use std::io::{Cursor, Read};
use std::ops::Deref;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use clockwork_core::database::Db;
use clockwork_core::mail::Mailer;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::jobs::{JobContext, Workers};
use futures_util::future::join_all;
use lopdf::Document;
use reqwest::Method;
use serde_json::{Value, json};

use super::reports::{Office, Tracked};
use crate::harness::{Answer, As, Mails, Received, SentAs, SmtpSink, TestApp, config, config_with, migrated_database};

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

const OWNER: &str = "owner@example.org";
const READER: &str = "reader@example.org";

/// An office whose server sends mail to a sink.
struct Post {
    office: Office,
    sink: SmtpSink,
}

impl Deref for Post {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.office
    }
}

impl Post {
    async fn new() -> Self {
        Self { office: Office::new().await, sink: SmtpSink::start() }
    }

    /// A manager with an address.
    async fn owner(&self) -> As<'_> {
        self.addressed(self.as_manager().await, OWNER).await
    }

    /// Gives a caller an address.
    async fn addressed<'a>(&self, caller: As<'a>, email: &str) -> As<'a> {
        let user = caller.caller.user();
        self.execute(&format!("UPDATE users SET name = 'Ada', email = '{email}' WHERE id = '{user}'")).await;
        caller
    }

    /// What servers work with.
    fn context(&self) -> JobContext {
        let (url, file) = (format!("smtp://127.0.0.1:{}", self.sink.port), self.sink.certificate.display().to_string());
        let settings = [
            ("SMTP_URL", url.as_str()),
            ("SMTP_CA_FILE", &file),
            ("EMAIL_FROM", "c@example.org"),
            ("PUBLIC_URL", "https://t.example"),
            ("DATABASE_MAX_CONNS", "2"),
        ];
        let config = config_with(&self.database.url(), &settings);
        JobContext::new(Db::connect(&config.database).unwrap(), self.shared_clock(), Mailer::new(&config.mail).unwrap())
    }

    /// Lets so many servers do what is due.
    async fn work_with(&self, servers: usize) {
        self.start_until(servers, "SELECT count(*) FROM jobs WHERE kind IN ('send_report', 'send_mail')").await;
    }

    /// Lets a server do what is due, until no job is left that has not failed once.
    async fn try_once(&self) {
        self.start_until(1, "SELECT count(*) FROM jobs WHERE kind = 'send_report' AND last_error IS NULL").await;
    }

    async fn start_until(&self, servers: usize, left: &str) {
        let due = format!("SELECT count(*) FROM report_schedules WHERE next_run_at <= '{}'", self.now());
        let (metrics, wake) = (BackgroundMetrics::new(), self.events.jobs_added());
        let workers: Vec<_> = (0..servers).map(|_| Workers::start(&self.context(), &wake, &metrics)).collect();
        let begun = Instant::now();
        while self.count(&due).await + self.count(left).await > 0 {
            assert!(begun.elapsed() < DEADLINE, "the jobs are not done");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for server in workers {
            server.finish().await;
        }
    }

    async fn work(&self) {
        self.work_with(1).await;
    }

    /// The messages so far, and forgets none of them.
    fn messages(&self) -> Vec<Message> {
        self.sink.received().iter().map(Message::read).collect()
    }
}

/// A message, decoded.
#[derive(Debug)]
struct Message {
    to: Vec<String>,
    subject: String,
    head: String,
    text: String,
    file: Option<(String, Vec<u8>)>,
}

impl Message {
    fn read(received: &Received) -> Self {
        let data = received.data.replace("\r\n", "\n");
        let (head, _) = data.split_once("\n\n").unwrap();
        let head = head.replace("\n ", " ");
        let subject = head.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
        let (mut text, mut file) = (String::new(), None);
        for part in data.split("\n--") {
            let Some((head, body)) = part.split_once("\n\n") else { continue };
            if head.contains("Content-Disposition: attachment") {
                let name = head.split("filename=\"").nth(1).unwrap_or_else(|| panic!("no name in {head}"));
                let name = name.split('"').next().unwrap();
                let encoded: String = body.split_whitespace().collect();
                file = Some((name.to_owned(), STANDARD.decode(encoded).unwrap()));
            } else if head.contains("Content-Type: text/plain") {
                assert!(head.contains("Content-Transfer-Encoding: quoted-printable"), "{head}");
                text = unquoted(body);
            }
        }
        Self { to: received.to.clone(), subject: words(subject), head, text, file }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The path on this server of the address that ends the messages.
    fn stop_path(&self) -> String {
        let header = self.header("List-Unsubscribe").unwrap();
        header.strip_prefix("<https://t.example").unwrap().strip_suffix('>').unwrap().to_owned()
    }

    /// The texts of the PDF.
    fn pdf(&self) -> Vec<String> {
        let document = Document::load_mem(&self.file.as_ref().unwrap().1).unwrap();
        let pages: Vec<u32> = document.get_pages().keys().copied().collect();
        document.extract_text(&pages).unwrap().lines().map(|line| line.trim().to_owned()).collect()
    }

    /// The first sheet of the workbook.
    fn sheet(&self) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(&self.file.as_ref().unwrap().1)).unwrap();
        let mut text = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

/// The text that RFC 2045 has quoted.
fn unquoted(body: &str) -> String {
    let body = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'=').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap()
}

/// The text that RFC 2047 has encoded.
fn words(header: &str) -> String {
    let mut bytes = Vec::new();
    for (number, word) in header.replace("?= =?", "?==?").split("=?").enumerate() {
        match word.strip_prefix("utf-8?b?") {
            Some(rest) => {
                let (encoded, after) = rest.split_once("?=").unwrap();
                bytes.extend(STANDARD.decode(encoded).unwrap());
                bytes.extend(after.as_bytes());
            }
            None => {
                assert_eq!(number, 0, "{header}");
                bytes.extend(word.as_bytes());
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A saved report, and the path of its schedules.
async fn saved(sender: As<'_>, query: &str) -> String {
    let body = json!({"name": "Last month", "query": query});
    format!("/api/saved-reports/{}/schedules", sender.post("/api/saved-reports", body).await.created().id())
}

/// A daily schedule at eight in Berlin.
fn daily(recipients: &[As<'_>]) -> Value {
    let ids: Vec<_> = recipients.iter().map(|recipient| recipient.caller.user().to_string()).collect();
    json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "Europe/Berlin", "recipientIds": ids})
}

fn with(mut body: Value, changes: &Value) -> Value {
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

async fn only(sender: As<'_>, schedules: &str) -> Value {
    let [schedule]: [Value; 1] = sender.get(schedules).await.ok().json.as_array().unwrap().clone().try_into().unwrap();
    schedule
}

fn each_reader(messages: &[Message]) -> Vec<String> {
    let mut readers: Vec<String> = messages.iter().flat_map(|message| message.to.clone()).collect();
    readers.sort();
    readers
}

#[actix_web::test]
async fn a_report_arrives_as_pdf_in_the_language_of_each_reader_and_one_click_ends_it() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let reader = post.addressed(post.as_member().await, READER).await;
    post.execute(&format!("UPDATE users SET language = 'de' WHERE email = '{READER}'")).await;
    // The clock of the test shows 2 March 2026, 10:00 in Berlin.
    post.tracked(Tracked::mine(&post.design, "2026-02-10 08:00Z", "2026-02-10 09:00Z")).await;
    let schedules = saved(owner, "range=last-month&by=project").await;
    let made = owner.post(&schedules, daily(&[owner, reader])).await.created().json;
    assert_eq!((&made["nextRunAt"], &made["paused"]), (&json!("2026-03-03T07:00:00Z"), &json!(false)));
    assert_eq!(made["lastOutcome"], Value::Null);
    post.work().await;
    assert_eq!(post.messages().len(), 0, "it is due tomorrow");
    post.advance(TimeDelta::days(1));
    post.work().await;

    let messages = post.messages();
    assert_eq!(each_reader(&messages), [OWNER, READER]);
    let to = |reader: &str| messages.iter().find(|message| message.to == [reader]).unwrap();
    let (english, german) = (to(OWNER), to(READER));
    assert_eq!(english.subject, "Last month: 2026-02-01 – 2026-02-28");
    assert_eq!(german.subject, "Last month: 01.02.2026 – 28.02.2026");
    assert!(english.text.contains("You have it sent on a schedule."), "{}", english.text);
    assert!(english.text.contains("https://t.example/reports?range=last-month&by=project\n"), "{}", english.text);
    assert!(german.text.contains("Ada lässt ihn Ihnen regelmäßig schicken."), "{}", german.text);
    assert!(english.pdf().contains(&"Last month".to_owned()) && english.pdf().contains(&"Website".to_owned()));
    assert!(english.pdf().contains(&"2026-02-01 – 2026-02-28 (Europe/Berlin)".to_owned()), "{:?}", english.pdf());
    assert!(german.pdf().contains(&"01.02.2026 – 28.02.2026 (Europe/Berlin)".to_owned()), "{:?}", german.pdf());
    assert!(german.pdf().contains(&"Summe".to_owned()), "what the owner sees, also to a member: {:?}", german.pdf());
    assert_eq!(english.file.as_ref().unwrap().0, "summary-20260201-20260228.pdf");
    let seen = only(owner, &schedules).await;
    assert_eq!((&seen["lastOutcome"], &seen["nextRunAt"]), (&json!("sent"), &json!("2026-03-04T07:00:00Z")));
    assert_eq!(seen["revision"], made["revision"], "a run is no change");

    // One click: the mail program posts, without credentials. GET, which looks, only leads to the page.
    assert_eq!(german.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    let path = german.stop_path();
    let token = path.split('/').nth(3).unwrap();
    assert!(german.text.contains(&format!("https://t.example/stop-report#token={token}")), "{}", german.text);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let looked = client.get(format!("{}{path}", post.url)).send().await.unwrap();
    assert_eq!(looked.status(), 303);
    assert!(looked.headers()["location"].to_str().unwrap().ends_with(&format!("/stop-report#token={token}")));
    let click = || {
        let request = post.request(Method::POST, &path).sent_without_credentials();
        request.header("Content-Type", "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click")
    };
    post.send(click()).await.is(204);
    post.send(click()).await.refused(403, "token_refused");
    let seen = only(owner, &schedules).await;
    assert_eq!(seen["recipientIds"], json!([owner.caller.user()]));
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(each_reader(&post.messages()), [OWNER, OWNER, READER]);
    post.get("/api/scheduled-reports/x/stop").await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_detailed_report_arrives_as_a_workbook_with_amounts_for_an_owner_who_may_see_them() {
    let post = Post::new().await;
    let owner = post.owner().await;
    owner.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    owner.post("/api/rates", json!({"kind": "billable", "hourly": "90", "validFrom": "2026-01-01"})).await.created();
    let entry = Tracked::mine(&post.design, "2026-02-10 08:00Z", "2026-02-10 09:00Z");
    post.tracked(Tracked { billable: true, description: "Icons for Acme", ..entry }).await;
    let schedules = saved(owner, "view=detailed&range=last-month").await;
    let body = with(daily(&[owner]), &json!({"format": "xlsx", "amounts": true}));
    let made = owner.post(&schedules, body).await.created().id();
    post.advance(TimeDelta::days(1));
    post.work().await;
    let message = post.messages().remove(0);
    let sheet = message.sheet();
    for part in ["Icons for Acme", "<v>90</v>", "<v>0.0416666"] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
    assert_eq!(message.file.unwrap().0, "entries-20260201-20260228.xlsx");
    // Without the choice there are no amounts.
    owner.patch(&format!("{schedules}/{made}"), json!({"amounts": false})).await.ok();
    post.advance(TimeDelta::days(1));
    post.work().await;
    let sheet = post.messages().remove(1).sheet();
    assert!(!sheet.contains("<v>90</v>") && sheet.contains("Icons for Acme"), "{sheet}");
}

#[actix_web::test]
async fn several_servers_send_a_report_once_and_after_an_outage_it_comes_once() {
    let post = Post::new().await;
    let owner = post.owner().await;
    post.tracked(Tracked::mine(&post.design, "2026-03-02 08:00Z", "2026-03-02 09:00Z")).await;
    let schedules = saved(owner, "range=yesterday&by=project").await;
    for _ in 0..5 {
        owner.post(&schedules, daily(&[owner])).await.created();
    }
    post.advance(TimeDelta::days(1));
    post.work_with(3).await;
    let messages = post.messages();
    assert_eq!(messages.len(), 5, "{messages:?}");
    assert!(messages.iter().all(|message| message.subject == "Last month: 2026-03-02 – 2026-03-02"));
    // Three days without a server: one message, about the day before the last run that was missed.
    post.advance(TimeDelta::days(3));
    post.work_with(2).await;
    let messages = post.messages();
    assert_eq!(messages.len(), 10, "{messages:?}");
    assert!(messages[5..].iter().all(|message| message.subject == "Last month: 2026-03-05 – 2026-03-05"));
    let next = owner.get(&schedules).await.ok().each("nextRunAt");
    assert!(next.iter().all(|next| *next == json!("2026-03-07T07:00:00Z")), "{next:?}");
}

/// Without a mail server that says no: the server died at each attempt, or the report could not be made.
#[actix_web::test]
async fn a_report_whose_job_has_failed_for_good_is_not_said_to_have_been_sent() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let schedules = saved(owner, "range=yesterday&by=project").await;
    let id = owner.post(&schedules, daily(&[owner])).await.created().id();
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(owner.get(&schedules).await.ok().each("lastOutcome"), [json!("sent")]);
    post.advance(TimeDelta::hours(1));
    for trial in [format!("\"{}\"", owner.caller.user()), "null".to_owned()] {
        let payload =
            format!("{{\"schedule\": \"{id}\", \"run\": \"{}\", \"trial_of\": {trial}}}", post.now().to_rfc3339());
        post.execute(&format!(
            "INSERT INTO jobs (id, kind, payload, attempts, lease, locked_until)
             VALUES (gen_random_uuid(), 'send_report', '{payload}', 8, gen_random_uuid(), now() - interval '1 second')"
        ))
        .await;
        post.start_until(1, "SELECT count(*) FROM jobs WHERE kind = 'send_report' AND failed_at IS NULL").await;
        // A trial leaves no trace.
        let outcome = if trial == "null" { "mail_failed" } else { "sent" };
        assert_eq!(owner.get(&schedules).await.ok().each("lastOutcome"), [json!(outcome)]);
    }
    assert_eq!(post.messages().len(), 1);
}

#[actix_web::test]
async fn a_report_is_sent_when_it_is_due_and_not_at_the_next_look_of_a_minute() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let schedules = saved(owner, "range=today&by=project").await;
    owner.post(&schedules, daily(&[owner])).await.created();
    // Three seconds before 8:00 in Berlin: it is 10:00 of the day before.
    post.advance(TimeDelta::hours(22) - TimeDelta::seconds(3));
    let workers = Workers::start(&post.context(), &post.events.jobs_added(), &BackgroundMetrics::new());
    // Until the server has looked, has done the recurring jobs, and finds nothing more to do.
    let idle =
        "SELECT count(*) FROM (SELECT 1 FROM job_schedules LIMIT 1) AS looked WHERE NOT EXISTS (SELECT FROM jobs)";
    while post.count(idle).await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    post.advance(TimeDelta::seconds(3));
    let begun = Instant::now();
    while post.messages().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is not sent");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    workers.finish().await;
}

#[actix_web::test]
async fn times_follow_the_clocks_of_the_time_zone() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let schedules = saved(owner, "range=today&by=project").await;
    // On 29 March 2026 the clocks in Berlin go from 2 to 3.
    let body = with(daily(&[owner]), &json!({"time": "02:30"}));
    let id = owner.post(&schedules, body).await.created().id();
    post.advance(TimeDelta::days(26));
    post.work().await;
    assert_eq!(only(owner, &schedules).await["nextRunAt"], json!("2026-03-29T01:00:00Z"));
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(only(owner, &schedules).await["nextRunAt"], json!("2026-03-30T00:30:00Z"));
    assert_eq!(post.messages().last().unwrap().subject, "Last month: 2026-03-29 – 2026-03-29");
    let path = format!("{schedules}/{id}");
    // The clock of the test shows Sunday, 29 March, 9:00 UTC.
    for (change, next) in [
        (json!({"every": "week", "weekday": "friday", "time": "17:00"}), "2026-04-03T15:00:00Z"),
        (json!({"timeZone": "America/New_York"}), "2026-04-03T21:00:00Z"),
        (json!({"every": "month", "day": 28}), "2026-04-28T21:00:00Z"),
        (json!({"every": "month_end"}), "2026-03-31T21:00:00Z"),
        (json!({"every": "day", "time": "05:00"}), "2026-03-30T09:00:00Z"),
    ] {
        assert_eq!(owner.patch(&path, change.clone()).await.ok().json["nextRunAt"], json!(next), "{change}");
    }
    // Ranges are those of the schedule's clocks: it is the 30th in Auckland, and the 29th in Berlin.
    let auckland = json!({"every": "day", "time": "01:00", "timeZone": "Pacific/Auckland"});
    assert_eq!(owner.patch(&path, auckland).await.ok().json["nextRunAt"], json!("2026-03-29T12:00:00Z"));
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(post.messages().last().unwrap().subject, "Last month: 2026-03-30 – 2026-03-30");
}

#[actix_web::test]
async fn a_schedule_stops_when_its_owner_may_not_see_amounts_any_more_and_sends_what_the_owner_sees() {
    let post = Post::new().await;
    let owner = post.owner().await;
    post.tracked(Tracked::mine(&post.design, "2026-02-10 08:00Z", "2026-02-10 09:00Z")).await;
    let own = Tracked::mine(&post.meetings, "2026-02-11 08:00Z", "2026-02-11 08:10Z").of(owner.caller);
    post.tracked(own).await;
    let schedules = saved(owner, "range=last-month&by=project").await;
    let made = owner.post(&schedules, with(daily(&[owner]), &json!({"amounts": true}))).await.created().id();
    let path = format!("{schedules}/{made}");
    let member = format!("/api/members/{}", owner.caller.user());
    post.patch(&member, json!({"role": "member"})).await.ok();
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(subjects(&post), ["Last month is not sent any more"]);
    let seen = only(owner, &schedules).await;
    assert_eq!((&seen["paused"], &seen["lastOutcome"]), (&json!(true), &json!("amounts_forbidden")));
    assert_eq!(seen["nextRunAt"], Value::Null);
    owner.patch(&path, json!({"paused": false})).await.refused(403, "forbidden");
    owner.patch(&path, json!({"amounts": true})).await.refused(403, "forbidden");
    owner.patch(&path, json!({"paused": false, "amounts": false})).await.ok();
    post.advance(TimeDelta::days(1));
    post.work().await;
    let found = post.messages().remove(1).pdf();
    assert!(found.contains(&"Internal".to_owned()) && !found.contains(&"Website".to_owned()), "{found:?}");
    // A query that cannot be read any more.
    let report = path.split("/schedules").next().unwrap();
    owner.patch(report, json!({"query": "project=nonsense"})).await.ok();
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(only(owner, &schedules).await["lastOutcome"], json!("unreadable_report"));
    owner.patch(&path, json!({"paused": false})).await.refused(409, "unreadable_report");
    owner.patch(report, json!({"query": "range=last-month"})).await.ok();
    owner.patch(&path, json!({"paused": false})).await.ok();
    // A disabled account sends nothing.
    post.execute(&format!("UPDATE users SET disabled_at = now() WHERE email = '{OWNER}'")).await;
    post.advance(TimeDelta::days(1));
    post.work().await;
    let paused = "SELECT count(*) FROM report_schedules WHERE next_run_at IS NULL AND last_outcome = 'owner_disabled'";
    assert_eq!((post.count(paused).await, post.messages().len()), (1, 3), "two pauses and a report");
    let actions = "SELECT count(*) FROM audit_log WHERE action = 'report_schedule.paused' AND actor = 'job'";
    assert_eq!(post.count(actions).await, 3);
}

fn subjects(post: &Post) -> Vec<String> {
    post.messages().into_iter().map(|message| message.subject).collect()
}

#[actix_web::test]
async fn the_owner_is_told_once_when_the_server_pauses_a_schedule() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let reader = post.addressed(post.as_member().await, READER).await;
    let schedules = saved(owner, "range=last-month&by=project").await;
    let path = |id: &str| format!("{schedules}/{id}");
    let made = owner.post(&schedules, with(daily(&[owner, reader]), &json!({"amounts": true}))).await.created().id();
    let member = format!("/api/members/{}", owner.caller.user());
    post.patch(&member, json!({"role": "member"})).await.ok();
    post.advance(TimeDelta::days(1));
    post.work().await;
    let [told]: [Message; 1] = post.messages().try_into().unwrap();
    assert_eq!(
        (told.to.as_slice(), told.subject.as_str()),
        (&[OWNER.to_owned()][..], "Last month is not sent any more")
    );
    for part in [
        "your report “Last month” of the workspace",
        "The file was to have amounts, and your role does not see them any more.",
        "https://t.example/reports?range=last-month&by=project\n",
    ] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    assert!(told.file.is_none() && told.header("List-Unsubscribe").is_none(), "{}", told.head);
    // A trial of what is paused finds the same, and the days go by: the owner knows it already.
    owner.act(&format!("{}/send", path(&made))).await.is(202);
    post.work().await;
    post.advance(TimeDelta::days(3));
    post.work().await;
    assert_eq!(post.messages().len(), 1);

    // In the language of the owner, and again when a schedule that the owner has resumed is paused once more.
    post.execute(&format!("UPDATE users SET language = 'de' WHERE email = '{OWNER}'")).await;
    owner.patch(&path(&made), json!({"paused": false, "amounts": false})).await.ok();
    post.execute("DELETE FROM report_schedule_recipients").await;
    post.advance(TimeDelta::days(1));
    post.work().await;
    let told = post.messages().remove(1);
    assert_eq!(
        (told.to.as_slice(), told.subject.as_str()),
        (&[OWNER.to_owned()][..], "Last month wird nicht mehr verschickt")
    );
    assert!(told.text.contains("Kein Empfänger ist noch Mitglied und hat eine Adresse."), "{}", told.text);
    let report = schedules.split("/schedules").next().unwrap();
    owner.patch(&path(&made), json!({"paused": false, "recipientIds": [owner.caller.user()]})).await.ok();
    owner.patch(report, json!({"query": "project=nonsense"})).await.ok();
    post.advance(TimeDelta::days(1));
    post.work().await;
    let told = post.messages().remove(2);
    assert!(
        told.text.contains("Der Server kann einen Teil des gespeicherten Berichts nicht mehr lesen."),
        "{}",
        told.text
    );
    assert!(told.text.contains("https://t.example/reports?\n"), "without what cannot be read: {}", told.text);
}

#[actix_web::test]
async fn those_who_leave_neither_send_nor_read() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let reader = post.addressed(post.as_member().await, READER).await;
    let schedules = saved(owner, "range=last-month").await;
    let made = owner.post(&schedules, daily(&[owner, reader])).await.created().id();
    let theirs = saved(reader, "range=last-month").await;
    reader.post(&theirs, daily(&[reader])).await.created();
    let member = |caller: As<'_>| format!("/api/members/{}", caller.caller.user());
    post.delete(&member(reader)).await.is(204);
    assert_eq!(only(owner, &schedules).await["recipientIds"], json!([owner.caller.user()]));
    assert_eq!(post.count("SELECT count(*) FROM report_schedules").await, 1, "that of the former member is gone");
    // A server of the release before has removed the member: the row stays, and nothing is sent.
    let (workspace, user) = (reader.caller.workspace, reader.caller.user());
    post.execute(&format!(
        "INSERT INTO report_schedule_recipients (workspace_id, schedule_id, user_id, stop_token)
         VALUES ('{workspace}', '{made}', '{user}', repeat('x', 43))"
    ))
    .await;
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(each_reader(&post.messages()), [OWNER]);
    // Without a reader it waits for its owner.
    post.execute(&format!("DELETE FROM report_schedule_recipients WHERE user_id <> '{user}'")).await;
    post.advance(TimeDelta::days(1));
    post.work().await;
    let seen = only(owner, &schedules).await;
    assert_eq!((&seen["paused"], &seen["lastOutcome"]), (&json!(true), &json!("no_recipients")));
    owner
        .patch(&format!("{schedules}/{made}"), json!({"paused": false, "recipientIds": [owner.caller.user()]}))
        .await
        .ok();
    post.execute(&format!("UPDATE memberships SET left_at = now() WHERE user_id = '{}'", owner.caller.user())).await;
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!((post.messages().len(), post.count("SELECT count(*) FROM report_schedules").await), (2, 0));
    assert_eq!(post.count("SELECT count(*) FROM audit_log WHERE action = 'report_schedule.ended'").await, 1);
}

#[actix_web::test]
async fn a_change_that_waits_for_somebody_to_leave_does_not_speak_of_them() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let reader = post.addressed(post.as_member().await, READER).await;
    let schedules = saved(owner, "range=last-month").await;
    let made = owner.post(&schedules, daily(&[owner, reader])).await.created().id();
    // As the link of the reader does that has not committed yet.
    let mut other = post.sql().await;
    let leaving = other.transaction().await.unwrap();
    let leave = format!(
        "SELECT FROM report_schedules FOR NO KEY UPDATE;
         DELETE FROM report_schedule_recipients WHERE user_id = '{}'; UPDATE report_schedules SET updated_at = now()",
        reader.caller.user()
    );
    leaving.batch_execute(&leave).await.unwrap();
    let path = format!("{schedules}/{made}");
    let request = post.request(Method::PATCH, &path).sent_as(owner.caller).json(&json!({"time": "09:00"}));
    let change = actix_web::rt::spawn(request.send());
    post.until_waiting(1).await;
    leaving.commit().await.unwrap();
    let changed = Answer::read(change.await.unwrap().unwrap()).await.ok();
    assert_eq!((&changed.json["time"], &changed.json["revision"]), (&json!("09:00"), &json!(3)));
    assert_eq!(changed.json["recipientIds"], json!([owner.caller.user()]));
    let audited = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'report_schedule.changed' AND details::text LIKE '%{}%'",
        reader.caller.user()
    );
    assert_eq!(post.count(&audited).await, 0, "neither before nor after the change was the reader on the list");
}

#[actix_web::test]
async fn a_report_that_is_too_large_is_a_message_with_a_link() {
    let post = Post::new().await;
    let owner = post.owner().await;
    post.execute(&format!(
        "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
         SELECT gen_random_uuid(), c.workspace_id, '{}', c.project_id, c.id, '2026-02-10 00:00Z'::timestamptz + n * interval '1 minute',
                '2026-02-10 00:01Z'::timestamptz + n * interval '1 minute', now(), now()
         FROM categories c, generate_series(1, 20001) n WHERE c.id = '{}'",
        owner.caller.user(),
        post.design
    ))
    .await;
    let schedules = saved(owner, "view=detailed&range=last-month&q=%22%3E<x").await;
    let detailed = saved(owner, "view=detailed&range=last-month").await;
    owner.post(&detailed, with(daily(&[owner]), &json!({"format": "xlsx"}))).await.created();
    owner.post(&schedules, daily(&[owner])).await.created();
    post.advance(TimeDelta::days(1));
    post.work().await;
    let messages = post.messages();
    let (large, small): (Vec<_>, Vec<_>) = messages.iter().partition(|message| message.file.is_none());
    assert_eq!((large.len(), small.len()), (1, 1));
    assert!(large[0].text.contains("too large"), "{}", large[0].text);
    assert!(large[0].text.contains("https://t.example/reports?view=detailed&range=last-month"), "{}", large[0].text);
    assert_eq!(only(owner, &detailed).await["lastOutcome"], json!("sent_without_file"));
    // What was typed into the query is none of the message's marks.
    assert!(small[0].text.contains("q=%22%3E%3Cx\n"), "{}", small[0].text);
}

#[actix_web::test]
async fn an_attempt_after_a_failure_leaves_out_who_has_the_message() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let reader = post.addressed(post.as_member().await, READER).await;
    let schedules = saved(owner, "range=last-month").await;
    owner.post(&schedules, daily(&[owner, reader])).await.created();
    post.sink.answer_recipient(READER, "450 busy");
    post.advance(TimeDelta::days(1));
    post.try_once().await;
    assert_eq!(each_reader(&post.messages()), [OWNER]);
    assert_eq!(only(owner, &schedules).await["lastOutcome"], json!("mail_failed"));
    let error = "SELECT count(*) FROM jobs WHERE last_error = 'the mail server answered 450'";
    assert_eq!(post.count(error).await, 1, "the error has no address");
    post.sink.answer_recipient(READER, "250 OK");
    post.execute("UPDATE jobs SET run_at = now()").await;
    post.work().await;
    assert_eq!(each_reader(&post.messages()), [OWNER, READER]);
    assert_eq!(only(owner, &schedules).await["lastOutcome"], json!("sent"));
    // A refusal for good is not tried again, and keeps no one else from the message.
    post.sink.answer_recipient(OWNER, "550 nobody");
    post.advance(TimeDelta::days(1));
    post.work().await;
    assert_eq!(each_reader(&post.messages()), [OWNER, READER, READER]);
    assert_eq!(only(owner, &schedules).await["lastOutcome"], json!("mail_failed"));
}

#[actix_web::test]
async fn a_trial_goes_to_oneself_and_leaves_the_schedule_as_it_is() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let reader = post.addressed(post.as_member().await, READER).await;
    let schedules = saved(owner, "range=last-month").await;
    let before = owner.post(&schedules, daily(&[reader])).await.created().json;
    let send = format!("{schedules}/{}/send", before["id"].as_str().unwrap());
    for _ in 0..2 {
        owner.act(&send).await.is(202);
    }
    post.work().await;
    let messages = post.messages();
    assert_eq!(each_reader(&messages), [OWNER]);
    assert!(messages[0].file.is_some() && messages[0].header("List-Unsubscribe").is_none());
    assert_eq!(only(owner, &schedules).await, before);
    post.execute(&format!("UPDATE users SET email = NULL WHERE email = '{OWNER}'")).await;
    owner.act(&send).await.refused(409, "no_email");
}

#[actix_web::test]
async fn schedules_are_the_owner_s_of_the_report_alone() {
    let post = Post::new().await;
    let member = post.addressed(post.as_member().await, OWNER).await;
    let admin = post.as_admin().await;
    let schedules = saved(member, "range=last-month").await;
    let report = schedules.split("/schedules").next().unwrap().to_owned();
    let body = daily(&[member]);
    let made = member.post(&schedules, body.clone()).await.created().id();
    let one = format!("{schedules}/{made}");
    let stranger = post.acting_as(post.add_workspace().await);
    let refused = async |sender: As<'_>, status: u16, code: &str| {
        sender.get(&schedules).await.refused(status, code);
        sender.post(&schedules, body.clone()).await.refused(status, code);
        sender.patch(&one, json!({"paused": true})).await.refused(status, code);
        sender.delete(&one).await.refused(status, code);
        sender.act(&format!("{one}/send")).await.refused(status, code);
    };
    for sender in [admin, stranger] {
        let is_stranger = sender.caller.workspace == stranger.caller.workspace;
        if is_stranger {
            // The recipients are none of the stranger's workspace.
            sender.get(&schedules).await.refused(404, "not_found");
            sender.patch(&one, json!({"paused": true})).await.refused(404, "not_found");
            sender.post(&schedules, body.clone()).await.refused(400, "invalid_recipient");
            continue;
        }
        post.addressed(sender, "admin@example.org").await;
        refused(sender, 404, "not_found").await;
    }
    // A shared report is seen by all, and its schedules are its owner's: another member could otherwise have what the
    // owner of a schedule sees sent to them, by changing the report.
    member.patch(&report, json!({"shared": true})).await.ok();
    refused(admin, 403, "forbidden").await;
    refused(member.with_token(TokenScope::Read), 403, "forbidden").await;
    member.with_token(TokenScope::Track).patch(&one, json!({"paused": true})).await.ok();
    let viewer = post.addressed(post.as_viewer().await, "viewer@example.org").await;
    let theirs = saved(viewer, "").await;
    viewer.post(&theirs, daily(&[viewer, member])).await.created();
    viewer.post(&theirs, with(daily(&[viewer]), &json!({"amounts": true}))).await.refused(403, "forbidden");
    let other = saved(member, "").await;
    member.patch(&format!("{other}/{made}"), json!({"paused": true})).await.refused(404, "not_found");
    member.delete(&one).await.is(204);
    member.delete(&one).await.refused(404, "not_found");
    let changes =
        "SELECT count(*) FROM audit_log WHERE object_kind = 'report_schedule' AND details::text NOT LIKE '%@%'";
    assert_eq!(post.count(changes).await, 4);
}

#[actix_web::test]
async fn what_is_wrong_with_a_schedule_is_named() {
    let post = Post::new().await;
    let owner = post.owner().await;
    let nameless = post.as_member().await;
    let stranger = post.acting_as(post.add_workspace().await);
    let schedules = saved(owner, "range=last-month").await;
    let refused = async |changes: Value, code: &str, field: &str, error: &str| {
        let answer = owner.post(&schedules, with(daily(&[owner]), &changes)).await;
        answer.refused(400, code).names(field, error);
    };
    refused(json!({"every": "week"}), "invalid_schedule", "weekday", "required").await;
    refused(json!({"every": "month"}), "invalid_schedule", "day", "required").await;
    refused(json!({"weekday": "monday"}), "invalid_schedule", "weekday", "invalid_format").await;
    refused(json!({"every": "month", "day": 29}), "invalid_schedule", "day", "out_of_range").await;
    refused(json!({"format": "csv"}), "invalid_schedule", "format", "invalid_format").await;
    refused(json!({"time": "25:00"}), "invalid_schedule", "time", "invalid_format").await;
    refused(json!({"timeZone": "Mars/Olympus"}), "invalid_time_zone", "timeZone", "invalid_format").await;
    refused(json!({"recipientIds": []}), "invalid_recipient", "recipientIds", "empty").await;
    let ids: Vec<_> = (0..21).map(|n| format!("019aa5b6-54c4-7d21-a0c9-{n:012x}")).collect();
    refused(json!({"recipientIds": ids}), "invalid_recipient", "recipientIds", "too_long").await;
    for wrong in [nameless, stranger] {
        let ids = json!({"recipientIds": [owner.caller.user(), wrong.caller.user()]});
        refused(ids, "invalid_recipient", "recipientIds[1]", "not_found").await;
    }
    refused(json!({"recipientIds": ["outside@example.org"]}), "invalid_id", "recipientIds[0]", "invalid_format").await;
    let path = format!("{schedules}/{}", owner.post(&schedules, daily(&[owner])).await.created().id());
    owner
        .patch(&path, json!({"weekday": "monday"}))
        .await
        .refused(400, "invalid_schedule")
        .names("weekday", "required");
    let request = post.request(Method::PATCH, &path).sent_as(owner.caller).header("If-Match", "\"7\"");
    post.send(request.json(&json!({"paused": true}))).await.refused(412, "precondition_failed");
    // Two at once do not go over the bound, and a key has its effect once.
    let keyed = || {
        let request = post.request(Method::POST, &schedules).sent_as(owner.caller);
        post.send(request.header("Idempotency-Key", "k").json(&daily(&[owner])))
    };
    assert_eq!(keyed().await.created().id(), keyed().await.created().id());
    for _ in 0..7 {
        owner.post(&schedules, daily(&[owner])).await.created();
    }
    let both = join_all((0..2).map(|_| owner.post(&schedules, daily(&[owner])))).await;
    let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    owner.post(&schedules, daily(&[owner])).await.refused(409, "limit_reached");
    let unreadable = saved(owner, "project=nonsense").await;
    owner.post(&unreadable, daily(&[owner])).await.refused(409, "unreadable_report");
    owner.delete(schedules.trim_end_matches("/schedules")).await.is(204);
    assert_eq!(post.count("SELECT count(*) FROM report_schedules").await, 0);
}

#[actix_web::test]
async fn without_mail_there_are_no_schedules() {
    let database = migrated_database().await;
    let config = config(&database.url());
    let app = TestApp::with_config_and_mails(database, config, Mails::off()).await;
    let owner = app.as_owner().await;
    app.execute(&format!("UPDATE users SET email = '{OWNER}' WHERE id = '{}'", owner.caller.user())).await;
    let schedules = saved(owner, "").await;
    let refused: Answer = owner.post(&schedules, daily(&[owner])).await.refused(409, "mail_not_set_up");
    assert!(refused.json["message"].as_str().unwrap().contains("SMTP_URL"), "{}", refused.text);
}
