//! The report of an import for people.

use std::io::{self, Write};

use crate::api::imports::{ImportReportView, SeverityView};

/// Names listed in a row before the rest is only counted.
const NAMES_LISTED: usize = 12;

/// Writes the report of `file`.
pub(super) fn write(out: &mut impl Write, file: &str, report: &ImportReportView) -> io::Result<()> {
    let state = match (report.committed, report.dry_run) {
        (true, _) => "imported",
        (false, true) => "dry run, nothing written",
        (false, false) => "nothing written",
    };
    writeln!(out, "{file}: {state} ({}, times in {})", report.source, report.time_zone)?;
    let entries = &report.entries;
    line(out, "rows", &report.rows.to_string())?;
    line(
        out,
        "entries",
        &format!("{} new, {} unchanged, {} left out", entries.created, entries.unchanged, entries.skipped),
    )?;
    if let (Some(from), Some(to)) = (entries.from, entries.to) {
        line(out, "from, to", &format!("{from:?}, {to:?}"))?;
    }
    let stated = entries.stated_seconds.map(|stated| format!(", by the file's own durations {}", hours(stated)));
    line(out, "time", &format!("{}{}", hours(entries.duration_seconds), stated.unwrap_or_default()))?;
    names(out, "clients", &report.clients.created, report.clients.existing)?;
    names(out, "projects", &report.projects.created, report.projects.existing)?;
    let categories: Vec<String> =
        report.categories.created.iter().map(|category| format!("{} / {}", category.project, category.name)).collect();
    names(out, "categories", &categories, report.categories.existing)?;
    names(out, "tags", &report.tags.created, report.tags.existing)?;
    for person in &report.people {
        let who = match (&person.name, &person.email) {
            (Some(name), Some(email)) => format!("{name} <{email}>"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => continue,
        };
        let member = person.member_name.as_deref().unwrap_or_default();
        let becomes = match (person.becomes.as_str(), &person.tag) {
            ("member", _) => format!("for the member {member}"),
            ("placeholder", _) => format!("for the placeholder {member}"),
            ("new_placeholder", _) => "for a new placeholder".to_owned(),
            ("left_out", _) => "left out".to_owned(),
            (_, Some(tag)) => format!("with the tag {tag}"),
            (_, None) => "yours".to_owned(),
        };
        line(out, "person", &format!("{who}: {} entries, {becomes}", person.entries))?;
    }
    problems(out, report)
}

fn line(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {label:<11} {text}")
}

fn names(out: &mut impl Write, label: &str, created: &[String], existing: u64) -> io::Result<()> {
    let listed = created.iter().take(NAMES_LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let colon = if created.is_empty() { "" } else { ": " };
    let more = match created.len().saturating_sub(NAMES_LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    line(out, label, &format!("{existing} there, {} new{colon}{listed}{more}", created.len()))
}

fn problems(out: &mut impl Write, report: &ImportReportView) -> io::Result<()> {
    let warnings = report.problems_total - report.errors_total;
    line(out, "problems", &format!("{} errors, {warnings} warnings", report.errors_total))?;
    for problem in &report.problems {
        let severity = match problem.severity {
            SeverityView::Error => "error",
            SeverityView::Warning => "warning",
        };
        let column = problem.column.as_ref().map(|column| format!(", {column}")).unwrap_or_default();
        let value = problem.value.as_ref().filter(|value| !value.is_empty());
        let value = value.map(|value| format!(" “{}”", value.escape_debug())).unwrap_or_default();
        writeln!(out, "    line {}{column}{value}: {severity}: {}", problem.line, problem.message)?;
    }
    let unlisted = report.problems_total - report.problems.len() as u64;
    if unlisted > 0 {
        writeln!(out, "    and {unlisted} more")?;
    }
    Ok(())
}

/// `885:47:40`
fn hours(seconds: i64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_printed_for_people() {
        let report: ImportReportView = serde_json::from_value(serde_json::json!({
            "source": "toggl", "dryRun": true, "timeZone": "Europe/Berlin", "committed": false, "rows": 3,
            "entries": {
                "created": 1, "unchanged": 1, "skipped": 1, "from": "2016-01-02T12:00:00Z", "to": "2016-01-02T13:00:00Z",
                "durationSeconds": 360_061, "statedSeconds": 360_000
            },
            "clients": {"created": ["Acme"], "existing": 0},
            "projects": {"created": [], "existing": 1},
            "categories": {"created": [{"project": "Site", "name": "General"}], "existing": 0},
            "tags": {"created": (0..14).map(|n| format!("t{n}")).collect::<Vec<_>>(), "existing": 0},
            "people": [
                {"name": "Ada", "email": "ada@example.com", "entries": 1, "tag": "Ada"},
                {"name": null, "email": "me@example.com", "entries": 1, "tag": null},
                {"name": "Bob", "email": null, "entries": 2, "tag": null, "becomes": "member", "memberName": "Robert"},
                {"name": "Eve", "email": null, "entries": 3, "tag": null, "becomes": "new_placeholder"},
                {"name": "Joe", "email": null, "entries": 4, "tag": null, "becomes": "left_out"}
            ],
            "problems": [{
                "line": 17, "column": "Start date", "code": "invalid_date", "value": "2016-13-02\n", "message": "no day",
                "severity": "error"
            }],
            "problemsTotal": 2, "errorsTotal": 1
        }))
        .expect("a report");
        let mut out = Vec::new();
        write(&mut out, "toggl.csv", &report).expect("memory takes it");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "toggl.csv: dry run, nothing written (toggl, times in Europe/Berlin)
  rows        3
  entries     1 new, 1 unchanged, 1 left out
  from, to    2016-01-02T12:00:00Z, 2016-01-02T13:00:00Z
  time        100:01:01, by the file's own durations 100:00:00
  clients     0 there, 1 new: Acme
  projects    1 there, 0 new
  categories  0 there, 1 new: Site / General
  tags        0 there, 14 new: t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11 and 2 more
  person      Ada <ada@example.com>: 1 entries, with the tag Ada
  person      me@example.com: 1 entries, yours
  person      Bob: 2 entries, for the member Robert
  person      Eve: 3 entries, for a new placeholder
  person      Joe: 4 entries, left out
  problems    1 errors, 1 warnings
    line 17, Start date “2016-13-02\\n”: error: no day
    and 1 more
"
        );
    }
}
