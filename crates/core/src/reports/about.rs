//! What a report is about, in words, for documents: the range, the rounding and the filters.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::export::Words;
use super::query::{ReportQuery, ReportZone};
use super::times::{TimesOfWeek, WeekdayWord};
use crate::models::Choice;
use crate::models::report::{NameKind, Names, RoundingMode, UsedIds};
use crate::values::ids::WorkspaceId;

/// Most names of a filter that are written out.
const NAMES_MAX: usize = 10;

/// One filter by ids.
struct Filter {
    kind: NameKind,
    /// In English and German.
    name: [&'static str; 2],
    choice: Choice<Uuid>,
}

fn untyped<T: Copy>(choice: &Choice<T>) -> Choice<Uuid>
where
    Uuid: From<T>,
{
    let ids = |ids: &[T]| ids.iter().copied().map(Uuid::from).collect();
    Choice { any_of: ids(&choice.any_of), none_of: ids(&choice.none_of) }
}

fn filters(query: &ReportQuery) -> Vec<Filter> {
    let conditions = &query.filter.conditions;
    let filter = |kind, name, choice| Filter { kind, name, choice };
    let all_tags = Choice { any_of: query.filter.tags.clone(), none_of: Vec::new() };
    vec![
        filter(NameKind::Member, ["Members", "Personen"], untyped(&conditions.members)),
        filter(NameKind::Client, ["Clients", "Kunden"], untyped(&conditions.clients)),
        filter(NameKind::Project, ["Projects", "Projekte"], untyped(&conditions.projects)),
        filter(NameKind::Category, ["Categories", "Kategorien"], untyped(&conditions.categories)),
        filter(NameKind::Tag, ["All of the tags", "Alle Tags"], untyped(&all_tags)),
        filter(NameKind::Tag, ["Tags", "Tags"], untyped(&conditions.tags)),
    ]
}

/// The lines below the title of a document. Names of filters cost a statement.
///
/// # Errors
/// Those of the database.
pub(super) async fn about(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    query: &ReportQuery,
    words: Words,
) -> QueryResult<Vec<String>> {
    let zone = match &query.zone {
        ReportZone::One(zone) => zone.name().to_owned(),
        ReportZone::Member(_) => words.zone_of_each_member().to_owned(),
    };
    let mut lines = vec![words.range(query.range.from, query.range.to, &zone)];
    if let Some(rounding) = query.rounding {
        let mode = match rounding.mode {
            RoundingMode::Up => ["up", "Aufwärts"],
            RoundingMode::Down => ["down", "Abwärts"],
            RoundingMode::Nearest => ["to the nearest", "Kaufmännisch"],
        };
        lines.push(words.rounding(mode, rounding.minutes));
    }
    let filters = filters(query);
    let mut used = UsedIds::default();
    for Filter { kind, choice, .. } in &filters {
        choice.any_of.iter().chain(&choice.none_of).for_each(|id| used.add(*kind, *id));
    }
    let names = Names::load(conn, workspace, &used).await?;
    for Filter { kind, name, choice } in filters {
        for (ids, is_negated) in [(choice.any_of, false), (choice.none_of, true)] {
            if !ids.is_empty() {
                lines.push(words.filter(name, is_negated, &listed(&ids, kind, &names, words)));
            }
        }
    }
    lines.extend(other_filters(query, words));
    Ok(lines)
}

/// The names of the first ids, and how many more there are. What does not exist has no name.
fn listed(ids: &[Uuid], kind: NameKind, names: &Names, words: Words) -> String {
    let name = |id: &Uuid| names.get(kind, *id).map_or_else(|| "?".to_owned(), |name| name.name.clone());
    let mut listed: Vec<String> = ids.iter().take(NAMES_MAX).map(name).collect();
    if ids.len() > NAMES_MAX {
        listed.push(words.further(ids.len() - NAMES_MAX));
    }
    listed.join(", ")
}

/// Filters that are no ids.
fn other_filters(query: &ReportQuery, words: Words) -> Vec<String> {
    const TEXT: [&str; 2] = ["Text", "Text"];
    const DESCRIPTION: [&str; 2] = ["Description", "Beschreibung"];
    const ROLES: [&str; 2] = ["Roles", "Rollen"];
    let filter = &query.filter;
    let conditions = &filter.conditions;
    let mut lines = Vec::new();
    let roles = [(&conditions.roles.any_of, false), (&conditions.roles.none_of, true)];
    for (roles, is_negated) in roles.into_iter().filter(|(roles, _)| !roles.is_empty()) {
        let listed: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        lines.push(words.filter(ROLES, is_negated, &listed.join(", ")));
    }
    for (name, flag) in [
        (["Billable", "Abrechenbar"], filter.billable),
        (["Running", "Laufend"], filter.running),
        (["With a client", "Mit Kunde"], conditions.has_client),
        (["With tags", "Mit Tags"], conditions.has_tags),
        (["With a description", "Mit Beschreibung"], conditions.has_description),
    ] {
        lines.extend(flag.map(|flag| words.flag(name, flag)));
    }
    lines.extend(filter.text.as_ref().map(|text| words.filter(TEXT, false, text.as_str())));
    lines.extend(conditions.no_text.as_ref().map(|text| words.filter(TEXT, true, text.as_str())));
    lines.extend(conditions.description.as_ref().map(|text| words.filter(DESCRIPTION, false, text)));
    if let Some(length) = conditions.length {
        let minutes =
            |seconds: Option<i64>| seconds.map_or_else(|| "…".to_owned(), |s| format!("{}:{:02}", s / 60, s % 60));
        let range = format!("{} – {} min", minutes(length.min), minutes(length.max));
        lines.push(words.filter(["Length", "Länge"], length.is_negated, &range));
    }
    if let Some(times) = &conditions.times_of_day {
        let clock = |second: i32| format!("{:02}:{:02}", second / 3_600, second / 60 % 60);
        let range = format!("{} – {}", clock(times.from), clock(times.to));
        lines.push(words.filter(["Begun", "Begonnen"], false, &range));
    }
    lines.extend(times(query, words));
    lines
}

/// The times of the week that count.
fn times(query: &ReportQuery, words: Words) -> Vec<String> {
    let TimesOfWeek { weekdays, hours } = &query.times;
    let hour = |hour: &u32| format!("{hour:02}:00 – {:02}:00", hour + 1);
    let listed = |values: Vec<String>| values.join(", ");
    let weekday = |day: &WeekdayWord| words.weekday(*day).to_owned();
    let mut lines = Vec::new();
    for (days, is_negated) in [(&weekdays.any_of, false), (&weekdays.none_of, true)] {
        if !days.is_empty() {
            let days = listed(days.iter().map(weekday).collect());
            lines.push(words.filter(["Days of the week", "Wochentage"], is_negated, &days));
        }
    }
    for (chosen, is_negated) in [(&hours.any_of, false), (&hours.none_of, true)] {
        if !chosen.is_empty() {
            lines.push(words.filter(["Hours", "Uhrzeit"], is_negated, &listed(chosen.iter().map(hour).collect())));
        }
    }
    lines
}
