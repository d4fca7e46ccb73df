//! Toggl Track's detailed time entries: the classic export, that of the new report pages, and the file that Toggl
//! itself imports.
//!
//! The three differ in the names of columns (User or Member, End or Stop), in which of them are there, and in what
//! stands for "none": nothing, or a dash in the new export.

use super::{Column, Header, ImportRow, LocalTime, Person, Record, RowReader, Source, TimeColumns, Uncleaned};
use crate::import::cells::Length;
use crate::import::line::{Line, old_description};
use crate::import::problem::{LineProblems, ProblemCode};
use crate::values::{CategoryName, ClientName, DisplayName, ProjectName, TagName};

/// Toggl Track.
#[derive(Debug)]
pub(super) struct Toggl;

impl Source for Toggl {
    fn id(&self) -> &'static str {
        "toggl"
    }

    fn name(&self) -> &'static str {
        "Toggl Track"
    }

    fn expects(&self) -> &'static str {
        "Start date, Start time, and either Stop date and Stop time (or End date and End time) or Duration"
    }

    fn open(&self, header: &Header) -> Option<Box<dyn RowReader>> {
        // Clockify's export has all that Toggl's has, and one of these.
        if header.has("duration (h)") || header.has("duration (decimal)") {
            return None;
        }
        let stop = header.find(&["end date", "stop date"]).zip(header.find(&["end time", "stop time"]));
        let duration = header.find(&["duration"]);
        if stop.is_none() && duration.is_none() {
            return None;
        }
        let client = header.find(&["client"]);
        let times = TimeColumns {
            start_date: header.find(&["start date"])?,
            start_time: header.find(&["start time"])?,
            stop,
            duration,
            has_clients: client.is_some(),
        };
        let is_new = header.has("stop date") || header.has("member");
        Some(Box::new(TogglRows {
            nothing: if is_new { "-" } else { "" },
            person: header.find(&["user", "member"]),
            email: header.find(&["email"]),
            client,
            project: header.find(&["project"]),
            task: header.find(&["task"]),
            description: header.find(&["description"]),
            billable: header.find(&["billable"]),
            tags: header.find(&["tags", "tag"]),
            times,
        }))
    }
}

#[derive(Debug)]
struct TogglRows {
    nothing: &'static str,
    person: Option<Column>,
    email: Option<Column>,
    client: Option<Column>,
    project: Option<Column>,
    task: Option<Column>,
    description: Option<Column>,
    billable: Option<Column>,
    tags: Option<Column>,
    times: TimeColumns,
}

impl RowReader for TogglRows {
    fn columns(&self) -> Vec<&Column> {
        let TogglRows { nothing: _, person, email, client, project, task, description, billable, tags, times } = self;
        [person, email, client, project, task, description, billable, tags, &times.duration]
            .into_iter()
            .flatten()
            .chain([&times.start_date, &times.start_time])
            .chain(times.stop.iter().flat_map(|(date, time)| [date, time]))
            .collect()
    }

    fn time_columns(&self) -> &TimeColumns {
        &self.times
    }

    fn read<'r>(&self, record: &'r Record, problems: &mut LineProblems) -> Option<ImportRow<'r>> {
        let mut line = Line::new(record, problems, self.nothing);
        let person = Person {
            name: line.name(self.person.as_ref(), DisplayName::parse),
            email: line.name(self.email.as_ref(), DisplayName::parse),
        };
        let client = line.name(self.client.as_ref(), ClientName::parse);
        let project = line.name(self.project.as_ref(), ProjectName::parse);
        let task = line.name(self.task.as_ref(), CategoryName::parse);
        let description = line.description(self.description.as_ref());
        let billable = line.yes_or_no(self.billable.as_ref());
        let tags = line.tags(self.tags.as_ref(), TagName::parse);
        let start = local_time(&mut line, &self.times.start_date, &self.times.start_time);
        let ends = self.times.stop.as_ref().is_some_and(|(date, time)| has(&line, date) || has(&line, time));
        let duration = line.length(self.times.duration.as_ref(), !ends);
        let stop = self.stop(&mut line, duration);
        if line.is_bad() {
            return None;
        }
        let (start, stop) = (start?, stop?);
        let uncleaned = line.is_cleaned().then(|| Box::new(self.uncleaned(&line)));
        Some(ImportRow { person, client, project, task, description, tags, billable, start, stop, duration, uncleaned })
    }
}

impl TogglRows {
    fn uncleaned(&self, line: &Line<'_, '_>) -> Uncleaned {
        let email = line.uncleaned(self.email.as_ref()).to_lowercase();
        Uncleaned {
            who: if email.is_empty() { line.uncleaned(self.person.as_ref()).to_owned() } else { email },
            place: [&self.client, &self.project, &self.task].map(|column| line.uncleaned(column.as_ref()).to_owned()),
            description: old_description(line.uncleaned(self.description.as_ref())).into_owned(),
        }
    }

    /// `Some(None)` when the duration has to tell; nothing when there is no stop and an error or a remark says so.
    fn stop<'r>(&self, line: &mut Line<'r, '_>, duration: Option<Length>) -> Option<Option<LocalTime<'r>>> {
        let length = self.times.duration.as_ref();
        let Some((date, time)) = &self.times.stop else {
            let column = length?;
            if duration.is_none() && line.cell(length).is_empty() {
                line.error(column, ProblemCode::Required, "empty, and the file has no stop time either");
            }
            return Some(None);
        };
        if has(line, date) || has(line, time) {
            return local_time(line, date, time).map(Some);
        }
        if duration.is_some_and(|length| length.seconds > 0) {
            return Some(None);
        }
        if duration.is_none() && !line.cell(length).is_empty() {
            return None;
        }
        // The timer still ran when the file was written. Imported, it would run since then, beside the user's own
        // timer.
        line.warning(time, ProblemCode::RunningEntry, "an entry that was still running; it is left out");
        None
    }
}

fn has(line: &Line<'_, '_>, column: &Column) -> bool {
    !line.cell(Some(column)).is_empty()
}

fn local_time<'r>(line: &mut Line<'r, '_>, date: &Column, time: &Column) -> Option<LocalTime<'r>> {
    let (date, time) = (line.date(date), line.time(time));
    let (date, parts) = date?;
    Some(LocalTime { date, parts, time: time? })
}
