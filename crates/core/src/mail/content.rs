//! The texts of messages, in each language, as plain text and as HTML.

use askama::Template;
use chrono::NaiveDate;

use super::{Mail, PauseReason, ScheduledReport};
use crate::values::settings::Language;
use crate::values::text::shorten;

/// Longest part of a name in a message, in characters, so that the name of a workspace cannot carry a text of its own.
const NAME_MAX: usize = 100;

/// A message, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without control characters.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The parts of a message, in its language.
struct Parts {
    subject: String,
    paragraphs: Vec<String>,
    /// The link, and the label of its button.
    action: Option<(String, &'static str)>,
    /// The notes below the button.
    notes: Vec<&'static str>,
    /// The link that ends such messages, and its label.
    stop: Option<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "mail/message.txt")]
struct TextBody<'a> {
    parts: &'a Parts,
    signature: &'a str,
}

#[derive(Template)]
#[template(path = "mail/message.html")]
struct HtmlBody<'a> {
    parts: &'a Parts,
    signature: &'a str,
    language: &'a str,
}

/// Writes a message.
pub(super) fn render(mail: &Mail, language: Language) -> askama::Result<Rendered> {
    let (parts, signature) = match language {
        Language::English => (english(mail), "Sent by Clockwork, which tracks your time."),
        Language::German => (german(mail), "Gesendet von Clockwork, Ihrer Zeiterfassung."),
    };
    Ok(Rendered {
        subject: plain(&parts.subject, 200),
        text: TextBody { parts: &parts, signature }.render()?,
        html: HtmlBody { parts: &parts, signature, language: language.as_str() }.render()?,
    })
}

/// A text of one line. A name may hold line breaks or marks of direction, which could make a message look like another
/// one.
fn plain(text: &str, max: usize) -> String {
    let steers = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line: String = text.chars().filter(|c| !steers(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    shorten(line.trim(), max)
}

fn name(text: &str) -> String {
    plain(text, NAME_MAX)
}

/// The name of a browser, and its address.
fn seen(device: &str, address: Option<&str>) -> String {
    let device = name(device);
    address.map_or_else(|| device.clone(), |address| format!("{device} ({address})"))
}

fn english(mail: &Mail) -> Parts {
    const NOT_YOU: &str = "If that was not you, nothing has changed, and you can delete this message.";
    const ACT: &str = "If that was not you, choose another password now, and end all sessions in your settings.";
    match mail {
        Mail::Invitation { workspace, inviter, link } => Parts {
            subject: format!("{} invites you to {}", name(inviter), name(workspace)),
            paragraphs: vec![format!(
                "{} invites you to track time in the workspace “{}”.",
                name(inviter),
                name(workspace)
            )],
            action: Some((link.clone(), "Accept the invitation")),
            notes: vec![
                "The invitation is for this address alone, and good for seven days.",
                "If you do not expect it, delete this message.",
            ],
            stop: None,
        },
        Mail::ResetPassword { link } => Parts {
            subject: "Choose a new password".to_owned(),
            paragraphs: vec!["A new password was requested for the account with this address.".to_owned()],
            action: Some((link.clone(), "Choose a new password")),
            notes: vec!["The link works once, within an hour.", NOT_YOU],
            stop: None,
        },
        Mail::ConfirmAddress { link } => Parts {
            subject: "Confirm your new address".to_owned(),
            paragraphs: vec!["This address is to become the address of an account.".to_owned()],
            action: Some((link.clone(), "Use this address")),
            notes: vec!["The link works once, within a day.", NOT_YOU],
            stop: None,
        },
        Mail::Test => Parts {
            subject: "Test message".to_owned(),
            paragraphs: vec!["Mail from your installation of Clockwork arrives.".to_owned()],
            action: None,
            notes: vec!["An administrator requested this message on the page Administration."],
            stop: None,
        },
        Mail::AddressChanged => Parts {
            subject: "Your address was changed".to_owned(),
            paragraphs: vec!["Your account has another address now. This one is not used any more.".to_owned()],
            action: None,
            notes: vec!["If that was not you, ask the administrator of your installation for help at once."],
            stop: None,
        },
        Mail::PasswordChanged => Parts {
            subject: "Your password was changed".to_owned(),
            paragraphs: vec!["The password of your account was changed.".to_owned()],
            action: None,
            notes: vec![ACT],
            stop: None,
        },
        Mail::SecondFactorRemoved => Parts {
            subject: "Your second factor was switched off".to_owned(),
            paragraphs: vec!["Signing in to your account asks for the password alone from now on.".to_owned()],
            action: None,
            notes: vec![ACT],
            stop: None,
        },
        Mail::NewDevice { device, address } => Parts {
            subject: "A new device has signed in".to_owned(),
            paragraphs: vec![
                "A browser that was not used before has signed in to your account:".to_owned(),
                seen(device, address.as_deref()),
            ],
            action: None,
            notes: vec![ACT],
            stop: None,
        },
        Mail::DataReady { link } => Parts {
            subject: "Your data is ready".to_owned(),
            paragraphs: vec!["The archive of your data that you requested is ready.".to_owned()],
            action: Some((link.clone(), "Open your settings")),
            notes: vec!["Sign in to download it, within a week.", ACT],
            stop: None,
        },
        Mail::AccountDeletion { day } => Parts {
            subject: "Your account will be deleted".to_owned(),
            paragraphs: vec![format!("The deletion of your account was requested. It takes place on {}.", name(day))],
            action: None,
            notes: vec!["Until then you can sign in and undo it in your settings.", ACT],
            stop: None,
        },
        Mail::AccountDeletionCalledOff => Parts {
            subject: "Your account was not deleted".to_owned(),
            paragraphs: vec![
                "A workspace would have been left without an owner, or the installation without an administrator."
                    .to_owned(),
            ],
            action: None,
            notes: vec!["Make another member the owner, and request the deletion again."],
            stop: None,
        },
        Mail::ScheduledReport(report) => english_report(report),
        Mail::SchedulePaused { report, workspace, reason, link } => Parts {
            subject: format!("{} is not sent any more", name(report)),
            paragraphs: vec![
                format!(
                    "The schedule by which your report “{}” of the workspace “{}” was sent is paused.",
                    name(report),
                    name(workspace)
                ),
                match reason {
                    PauseReason::AmountsForbidden => {
                        "The file was to have amounts, and your role does not see them any more."
                    }
                    PauseReason::UnreadableReport => {
                        "The server cannot read a part of the saved report any more. Set the report up and save it anew."
                    }
                    PauseReason::NoRecipients => "None of its recipients is a member with an address any more.",
                }
                .to_owned(),
            ],
            action: Some((link.clone(), "Open your reports")),
            notes: vec!["There you can change the schedule, and end the pause."],
            stop: None,
        },
    }
}

fn german(mail: &Mail) -> Parts {
    const NOT_YOU: &str = "Waren Sie das nicht, hat sich nichts geändert, und Sie können diese Nachricht löschen.";
    const ACT: &str = "Waren Sie das nicht, wählen Sie sofort ein neues Passwort und beenden Sie in den Einstellungen alle Sitzungen.";
    match mail {
        Mail::Invitation { workspace, inviter, link } => Parts {
            subject: format!("{} lädt Sie zu {} ein", name(inviter), name(workspace)),
            paragraphs: vec![format!(
                "{} lädt Sie ein, im Arbeitsbereich „{}“ Zeiten zu erfassen.",
                name(inviter),
                name(workspace)
            )],
            action: Some((link.clone(), "Einladung annehmen")),
            notes: vec![
                "Die Einladung gilt nur für diese Adresse und sieben Tage lang.",
                "Wenn Sie keine erwarten, löschen Sie diese Nachricht.",
            ],
            stop: None,
        },
        Mail::ResetPassword { link } => Parts {
            subject: "Neues Passwort wählen".to_owned(),
            paragraphs: vec!["Für das Konto mit dieser Adresse wurde ein neues Passwort angefordert.".to_owned()],
            action: Some((link.clone(), "Neues Passwort wählen")),
            notes: vec!["Der Link gilt einmal und eine Stunde lang.", NOT_YOU],
            stop: None,
        },
        Mail::ConfirmAddress { link } => Parts {
            subject: "Neue Adresse bestätigen".to_owned(),
            paragraphs: vec!["Diese Adresse soll zu einem Konto gehören.".to_owned()],
            action: Some((link.clone(), "Diese Adresse verwenden")),
            notes: vec!["Der Link gilt einmal und einen Tag lang.", NOT_YOU],
            stop: None,
        },
        Mail::Test => Parts {
            subject: "Testnachricht".to_owned(),
            paragraphs: vec!["Nachrichten dieser Clockwork-Installation kommen an.".to_owned()],
            action: None,
            notes: vec!["Diese Nachricht wurde auf der Seite „Verwaltung“ angefordert."],
            stop: None,
        },
        Mail::AddressChanged => Parts {
            subject: "Ihre Adresse wurde geändert".to_owned(),
            paragraphs: vec!["Ihr Konto hat jetzt eine andere Adresse. Diese wird nicht mehr verwendet.".to_owned()],
            action: None,
            notes: vec!["Waren Sie das nicht, wenden Sie sich sofort an die Verwaltung Ihrer Installation."],
            stop: None,
        },
        Mail::PasswordChanged => Parts {
            subject: "Ihr Passwort wurde geändert".to_owned(),
            paragraphs: vec!["Das Passwort Ihres Kontos wurde geändert.".to_owned()],
            action: None,
            notes: vec![ACT],
            stop: None,
        },
        Mail::SecondFactorRemoved => Parts {
            subject: "Ihr zweiter Faktor wurde abgeschaltet".to_owned(),
            paragraphs: vec!["Zur Anmeldung genügt ab jetzt das Passwort.".to_owned()],
            action: None,
            notes: vec![ACT],
            stop: None,
        },
        Mail::NewDevice { device, address } => Parts {
            subject: "Anmeldung mit einem neuen Gerät".to_owned(),
            paragraphs: vec![
                "Bei Ihrem Konto gab es eine Anmeldung mit einem Browser, der bisher nicht verwendet wurde:"
                    .to_owned(),
                seen(device, address.as_deref()),
            ],
            action: None,
            notes: vec![ACT],
            stop: None,
        },
        Mail::DataReady { link } => Parts {
            subject: "Ihre Daten liegen bereit".to_owned(),
            paragraphs: vec!["Das Archiv Ihrer Daten, das Sie angefordert haben, liegt bereit.".to_owned()],
            action: Some((link.clone(), "Einstellungen öffnen")),
            notes: vec!["Melden Sie sich an, um es innerhalb einer Woche herunterzuladen.", ACT],
            stop: None,
        },
        Mail::AccountDeletion { day } => Parts {
            subject: "Ihr Konto wird gelöscht".to_owned(),
            paragraphs: vec![format!("Die Löschung Ihres Kontos wurde beantragt. Es wird am {} gelöscht.", name(day))],
            action: None,
            notes: vec!["Bis dahin können Sie sich anmelden und sie in den Einstellungen zurücknehmen.", ACT],
            stop: None,
        },
        Mail::AccountDeletionCalledOff => Parts {
            subject: "Ihr Konto wurde nicht gelöscht".to_owned(),
            paragraphs: vec![
                "Ein Arbeitsbereich hätte sonst niemanden, dem er gehört, oder die Installation keine Verwaltung."
                    .to_owned(),
            ],
            action: None,
            notes: vec!["Übergeben Sie den Arbeitsbereich einem anderen Mitglied und beantragen Sie die Löschung noch einmal."],
            stop: None,
        },
        Mail::ScheduledReport(report) => german_report(report),
        Mail::SchedulePaused { report, workspace, reason, link } => Parts {
            subject: format!("{} wird nicht mehr verschickt", name(report)),
            paragraphs: vec![
                format!(
                    "Der Zeitplan für Ihren Bericht „{}“ aus dem Arbeitsbereich „{}“ ist pausiert.",
                    name(report),
                    name(workspace)
                ),
                match reason {
                    PauseReason::AmountsForbidden => {
                        "Die Datei sollte Beträge enthalten, die Sie mit Ihrer Rolle nicht mehr sehen dürfen."
                    }
                    PauseReason::UnreadableReport => {
                        "Der Server kann einen Teil des gespeicherten Berichts nicht mehr lesen. Stellen Sie den Bericht \
                         neu ein und speichern Sie ihn."
                    }
                    PauseReason::NoRecipients => "Kein Empfänger ist noch Mitglied und hat eine Adresse.",
                }
                .to_owned(),
            ],
            action: Some((link.clone(), "Berichte öffnen")),
            notes: vec!["Dort können Sie den Zeitplan ändern und fortsetzen."],
            stop: None,
        },
    }
}

fn english_report(mail: &ScheduledReport) -> Parts {
    let (report, workspace) = (name(&mail.report), name(&mail.workspace));
    let days = format!("{} – {}", mail.from, mail.to);
    let about = format!("The report “{report}” of the workspace “{workspace}” for {days}");
    let file = if mail.has_file {
        format!("{about} is attached.")
    } else {
        format!("{about} is too large for a message. You can open it as a page and export it there.")
    };
    let sender = match &mail.owner {
        Some(owner) => format!("{} has it sent to you on a schedule.", name(owner)),
        None => "You have it sent on a schedule.".to_owned(),
    };
    Parts {
        subject: format!("{report}: {days}"),
        paragraphs: vec![file, sender],
        action: Some((mail.link.clone(), "Open the report")),
        notes: vec!["The page shows what you may see yourself, which may be less than the file has."],
        stop: mail.stop.clone().map(|stop| (stop, "Stop these messages")),
    }
}

fn german_report(mail: &ScheduledReport) -> Parts {
    let (report, workspace) = (name(&mail.report), name(&mail.workspace));
    let day = |date: NaiveDate| date.format("%d.%m.%Y").to_string();
    let days = format!("{} – {}", day(mail.from), day(mail.to));
    let file = if mail.has_file {
        format!("Im Anhang finden Sie den Bericht „{report}“ aus dem Arbeitsbereich „{workspace}“ für {days}.")
    } else {
        format!(
            "Der Bericht „{report}“ aus dem Arbeitsbereich „{workspace}“ für {days} ist zu groß für eine Nachricht. \
             Sie können ihn als Seite öffnen und dort exportieren."
        )
    };
    let sender = match &mail.owner {
        Some(owner) => format!("{} lässt ihn Ihnen regelmäßig schicken.", name(owner)),
        None => "Sie lassen ihn regelmäßig verschicken.".to_owned(),
    };
    Parts {
        subject: format!("{report}: {days}"),
        paragraphs: vec![file, sender],
        action: Some((mail.link.clone(), "Bericht öffnen")),
        notes: vec!["Die Seite zeigt, was Sie selbst sehen dürfen; das kann weniger sein als in der Datei."],
        stop: mail.stop.clone().map(|stop| (stop, "Keine weiteren Nachrichten")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_mail() -> Vec<Mail> {
        let link = "https://time.example/reset#t0ken".to_owned();
        vec![
            Mail::Invitation {
                workspace: "Müller & <b>Söhne</b>".to_owned(),
                inviter: "Ada\r\nBcc: eve@example.org\u{202e}".to_owned(),
                link: link.clone(),
            },
            Mail::ResetPassword { link: link.clone() },
            Mail::ConfirmAddress { link: link.clone() },
            Mail::DataReady { link },
            Mail::Test,
            Mail::AddressChanged,
            Mail::PasswordChanged,
            Mail::SecondFactorRemoved,
            Mail::NewDevice { device: "<script>Firefox\n".to_owned(), address: Some("192.0.2.7".to_owned()) },
            Mail::AccountDeletion { day: "2026-12-05".to_owned() },
            Mail::AccountDeletionCalledOff,
            Mail::ScheduledReport(Box::new(scheduled())),
            paused(PauseReason::AmountsForbidden),
            paused(PauseReason::UnreadableReport),
            paused(PauseReason::NoRecipients),
        ]
    }

    fn paused(reason: PauseReason) -> Mail {
        Mail::SchedulePaused {
            report: "Week\r\nBcc: eve@example.org\u{202e}<b>".to_owned(),
            workspace: "Müller & <b>Söhne</b>".to_owned(),
            reason,
            link: "https://time.example/reset#t0ken".to_owned(),
        }
    }

    fn scheduled() -> ScheduledReport {
        ScheduledReport {
            report: "Week\r\nBcc: eve@example.org\u{202e}<b>".to_owned(),
            workspace: "Müller & <b>Söhne</b>".to_owned(),
            owner: Some("<script>Ada".to_owned()),
            from: NaiveDate::from_ymd_opt(2026, 2, 1).unwrap(),
            to: NaiveDate::from_ymd_opt(2026, 2, 28).unwrap(),
            has_file: true,
            link: "https://time.example/reset#t0ken".to_owned(),
            stop: Some("https://time.example/stop-report#token=x".to_owned()),
        }
    }

    #[test]
    fn a_report_says_what_it_is_about_and_how_to_stop_it() {
        let written =
            |mail: ScheduledReport, language| render(&Mail::ScheduledReport(Box::new(mail)), language).unwrap();
        let english = written(scheduled(), Language::English);
        assert_eq!(english.subject, "Week  Bcc: eve@example.org<b>: 2026-02-01 – 2026-02-28");
        let german =
            written(ScheduledReport { has_file: false, owner: None, stop: None, ..scheduled() }, Language::German);
        assert!(german.subject.ends_with(": 01.02.2026 – 28.02.2026"), "{}", german.subject);
        for (body, has_link) in
            [(english.text, true), (english.html, true), (german.text.clone(), false), (german.html, false)]
        {
            assert_eq!(body.contains("https://time.example/stop-report#token=x"), has_link, "{body}");
        }
        assert!(german.text.contains("zu groß") && german.text.contains("Sie lassen ihn"), "{}", german.text);
    }

    #[test]
    fn every_mail_is_written_in_every_language_and_nothing_that_was_typed_is_markup() {
        for mail in every_mail() {
            let written = [Language::English, Language::German].map(|language| render(&mail, language).unwrap());
            assert_ne!(written[0].subject, written[1].subject, "{mail:?}");
            // As the page does: a German reader is addressed as Sie.
            let german = format!("{} {}", written[1].subject, written[1].text).to_lowercase();
            let familiar = ["du", "dich", "dir", "dein", "deine", "deinem", "deinen", "deiner", "deines"];
            let found = german.split(|c: char| !c.is_alphabetic()).find(|word| familiar.contains(word));
            assert_eq!(found, None, "{german}");
            for Rendered { subject, text, html } in written {
                assert!(!subject.is_empty() && !subject.chars().any(char::is_control), "{subject:?}");
                assert!(!html.contains("<b>") && !html.contains("<script") && !html.contains('\u{202e}'), "{html}");
                let has_link = matches!(
                    mail,
                    Mail::Invitation { .. }
                        | Mail::ResetPassword { .. }
                        | Mail::ConfirmAddress { .. }
                        | Mail::DataReady { .. }
                        | Mail::ScheduledReport(_)
                        | Mail::SchedulePaused { .. }
                );
                for body in [&text, &html] {
                    assert_eq!(body.contains("https://time.example/reset#t0ken"), has_link, "{body}");
                    assert!(!body.lines().any(|line| line.starts_with("Bcc")), "{body}");
                }
            }
        }
        let rendered = render(&every_mail()[0], Language::English).unwrap();
        assert_eq!(rendered.subject, "Ada  Bcc: eve@example.org invites you to Müller & <b>Söhne</b>");
        assert!(rendered.html.contains("Müller &#38; &#60;b&#62;Söhne"), "{}", rendered.html);
        assert!(rendered.text.contains("“Müller & <b>Söhne</b>”"), "{}", rendered.text);
    }

    #[test]
    fn a_long_name_is_shortened() {
        let mail = Mail::Invitation { workspace: "x".repeat(255), inviter: "y".repeat(255), link: String::new() };
        let rendered = render(&mail, Language::English).unwrap();
        assert!(rendered.subject.chars().count() <= 201 && !rendered.text.contains(&"x".repeat(101)));
    }
}
