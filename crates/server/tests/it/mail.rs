//! Mail, delivered to an SMTP server that the test runs.

use clockwork_core::mail::{Mail, Mailer, Message};
use clockwork_core::values::EmailAddress;
use clockwork_core::values::ids::JobId;

use crate::harness::{SmtpSink, config_with};

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
