//! The report of an import on the wire. The command line reads it back to print it.

use chrono::{DateTime, Utc};
use clockwork_core::import::problem::{LineProblem, Severity};
use clockwork_core::import::report::{CategoryOfProject, EntriesReport, ImportReport, NamesReport, PersonReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an import did, or would do.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportReport)]
pub struct ImportReportView {
    /// The tracker that wrote the file.
    pub source: String,
    /// Whether it was asked only what would happen.
    pub dry_run: bool,
    /// The zone that the file's times were read in.
    pub time_zone: String,
    /// Whether it has been written.
    pub committed: bool,
    /// Rows below the header.
    pub rows: u64,
    /// What becomes of them.
    pub entries: EntriesView,
    /// Clients, by name.
    pub clients: NamesView,
    /// Projects, by name.
    pub projects: NamesView,
    /// Categories, by name and project.
    pub categories: CategoriesView,
    /// Tags, by name, those for people included.
    pub tags: NamesView,
    /// Whose entries the file holds.
    pub people: Vec<PersonView>,
    /// By line; at most 200, errors before warnings when there are more.
    pub problems: Vec<ProblemView>,
    /// How many problems there are, listed or not.
    pub problems_total: u64,
    /// How many of them are errors.
    pub errors_total: u64,
}

/// What becomes of the rows. `created`, `unchanged` and `skipped` add up to all of them.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportedEntries)]
pub struct EntriesView {
    /// New entries.
    pub created: u64,
    /// Entries that an earlier import has brought.
    pub unchanged: u64,
    /// Rows left out: bad ones, entries that were still running, and those of other people.
    pub skipped: u64,
    /// Rows left out because they are other people's.
    #[serde(default)]
    pub skipped_of_others: u64,
    /// The first start in the file; null when no row is good.
    pub from: Option<DateTime<Utc>>,
    /// The last stop in the file; null when no row is good.
    pub to: Option<DateTime<Utc>>,
    /// From starts to stops, over all rows that were not left out.
    pub duration_seconds: i64,
    /// The same by the file's own durations; null when it has none.
    pub stated_seconds: Option<i64>,
}

/// What becomes of names.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportedNames)]
pub struct NamesView {
    /// Those that are new, in the order of the file.
    pub created: Vec<String>,
    /// How many of the file's were there before.
    pub existing: u64,
}

/// What becomes of categories.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportedCategories)]
pub struct CategoriesView {
    /// Those that are new, in the order of the file.
    pub created: Vec<CategoryNameView>,
    /// How many of the file's were there before.
    pub existing: u64,
}

/// A category by name.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportedCategory)]
pub struct CategoryNameView {
    /// Its project's name.
    pub project: String,
    /// Its own.
    pub name: String,
}

/// A person of the file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportedPerson)]
pub struct PersonView {
    /// The name; null when the file has none.
    pub name: Option<String>,
    /// The address; null when the file has none.
    pub email: Option<String>,
    /// How many of the rows that were not left out.
    pub entries: u64,
    /// The tag on the person's entries, where they become the caller's; null for the caller's own.
    pub tag: Option<String>,
    /// What becomes of the entries: `yours`, `tag` (yours, with the tag), `member` (another member's), `placeholder` (a
    /// placeholder that an earlier import has made), `new_placeholder` or `left_out`.
    #[serde(default)]
    pub becomes: String,
    /// The id of that member or placeholder; null for the caller and where there is none yet.
    #[serde(default)]
    pub member_id: Option<Uuid>,
    /// What the member or the placeholder is called in the workspace.
    #[serde(default)]
    pub member_name: Option<String>,
}

/// Something to say about a line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportProblem)]
pub struct ProblemView {
    /// From 1 with the header, as an editor shows it.
    pub line: u64,
    /// The column as the file names it; null when the whole line is meant.
    pub column: Option<String>,
    /// For programs.
    pub code: String,
    /// What stands there, cut to 100 characters. Where no cell is meant, the name or the number that the message is
    /// about: the project, the project and the category, the number of rows or of cells.
    pub value: Option<String>,
    /// For people.
    pub message: String,
    /// Whether the line is bad.
    pub severity: SeverityView,
}

/// Whether a line could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImportProblemSeverity)]
pub enum SeverityView {
    /// The line is bad.
    Error,
    /// It was read, with a remark.
    Warning,
}

impl From<ImportReport> for ImportReportView {
    fn from(report: ImportReport) -> Self {
        Self {
            source: report.source.to_owned(),
            dry_run: report.dry_run,
            time_zone: report.time_zone.name().to_owned(),
            committed: report.committed,
            rows: report.rows,
            entries: report.entries.into(),
            clients: report.clients.into(),
            projects: report.projects.into(),
            categories: report.categories.into(),
            tags: report.tags.into(),
            people: report.people.into_iter().map(PersonView::from).collect(),
            problems: report.problems.into_iter().map(ProblemView::from).collect(),
            problems_total: report.problems_total,
            errors_total: report.errors_total,
        }
    }
}

impl From<EntriesReport> for EntriesView {
    fn from(entries: EntriesReport) -> Self {
        let EntriesReport {
            created,
            unchanged,
            skipped,
            skipped_of_others,
            from,
            to,
            duration_seconds,
            stated_seconds,
        } = entries;
        Self { created, unchanged, skipped, skipped_of_others, from, to, duration_seconds, stated_seconds }
    }
}

impl From<NamesReport<String>> for NamesView {
    fn from(names: NamesReport<String>) -> Self {
        Self { created: names.created, existing: names.existing as u64 }
    }
}

impl From<NamesReport<CategoryOfProject>> for CategoriesView {
    fn from(names: NamesReport<CategoryOfProject>) -> Self {
        let created = names.created.into_iter().map(CategoryNameView::from).collect();
        Self { created, existing: names.existing as u64 }
    }
}

impl From<CategoryOfProject> for CategoryNameView {
    fn from(category: CategoryOfProject) -> Self {
        Self { project: category.project, name: category.name }
    }
}

impl From<PersonReport> for PersonView {
    fn from(person: PersonReport) -> Self {
        let PersonReport { name, email, entries, tag, becomes, member } = person;
        let (member_id, member_name) = member.map(|(id, name)| (id.into(), name)).unzip();
        Self { name, email, entries, tag, becomes: becomes.as_str().to_owned(), member_id, member_name }
    }
}

impl From<LineProblem> for ProblemView {
    fn from(problem: LineProblem) -> Self {
        Self {
            line: problem.line,
            column: problem.column,
            code: problem.code.as_str().to_owned(),
            value: problem.value,
            message: problem.message,
            severity: match problem.severity {
                Severity::Error => SeverityView::Error,
                Severity::Warning => SeverityView::Warning,
            },
        }
    }
}
