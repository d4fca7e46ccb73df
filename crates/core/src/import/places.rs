//! Where entries go: client, project and category of every row, found in the workspace or to be made.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::file::Tables;
use super::problem::{LineProblems, ProblemCode, shorten};
use super::report::CategoryOfProject;
use super::usage::{PlaceUsage, Usage};
use crate::access::Caller;
use crate::models::{
    Category, Client, FoldedNames, NamedCategory, NamedProject, NewCategory, NewClient, NewProject, Project,
};
use crate::values::Color;
use crate::values::ids::{CategoryId, ClientId, ProjectId};

/// What the project is called that takes entries without one.
pub const NO_PROJECT: &str = "No project";

/// The names of a place, and how many new entries go there.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestedPlace<'a> {
    client: Option<&'a str>,
    project: &'a str,
    category: &'a str,
    usage: PlaceUsage,
}

impl<'a> RequestedPlace<'a> {
    /// The names of every place of the file.
    pub(super) fn of(tables: &'a Tables, default_category: &'a str, usage: &Usage) -> Vec<Self> {
        let name = |index| tables.name(index);
        let places = tables.places.iter().zip(&usage.places);
        places
            .map(|(place, usage)| Self {
                client: name(place.client),
                project: name(place.project).unwrap_or(NO_PROJECT),
                category: name(place.task).unwrap_or(default_category),
                usage: *usage,
            })
            .collect()
    }

    /// All its names, to be folded.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.client.into_iter().chain([self.project, self.category])
    }
}

/// Where the entries of a place go.
#[derive(Debug, Clone, Copy)]
pub(super) struct EntryTarget {
    pub(super) project: ProjectId,
    pub(super) category: CategoryId,
    /// The project's default, for rows that do not say.
    pub(super) billable: bool,
}

/// What has to be made, and where everything goes.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) clients: Vec<NewClient>,
    pub(super) projects: Vec<NewProject>,
    pub(super) categories: Vec<NewCategory>,
    /// The new categories by name, in the same order.
    pub(super) category_names: Vec<CategoryOfProject>,
    /// How many of the file's clients, projects and categories were there before.
    pub(super) existing: (usize, usize, usize),
    /// By the file's number of a place; nothing where no new entry goes and something is missing.
    pub(super) targets: Vec<Option<EntryTarget>>,
    /// Archived projects and categories that new entries go to, each once.
    pub(super) archived: Vec<ArchivedPlace>,
}

/// An archived project or category that new entries go to.
#[derive(Debug)]
pub(super) struct ArchivedPlace {
    /// The first line that goes there.
    line: u64,
    project: String,
    /// Nothing when the project is archived.
    category: Option<String>,
}

impl ArchivedPlace {
    /// What the report says of it. It is no error: what happened is imported where it happened, and nothing is brought
    /// back to use.
    pub(super) fn warn(&self, problems: &mut LineProblems) {
        let project = shorten(&self.project);
        let (code, value, message) = match &self.category {
            None => {
                let message = format!("entries go to the archived project “{project}”");
                (ProblemCode::ArchivedProject, project, message)
            }
            Some(category) => {
                let category = shorten(category);
                let message = format!("entries go to the archived category “{category}” of “{project}”");
                (ProblemCode::ArchivedCategory, format!("{project} / {category}"), message)
            }
        };
        problems.warning_of_line(self.line, code, &value, message);
    }
}

/// A project that was found or will be made.
#[derive(Debug, Clone, Copy)]
struct FoundProject {
    id: ProjectId,
    billable: bool,
    archived: bool,
}

/// Looks for places in a workspace.
#[derive(Debug)]
pub(super) struct PlaceFinder<'a> {
    pub(super) caller: Caller,
    pub(super) now: DateTime<Utc>,
    pub(super) requested: &'a [RequestedPlace<'a>],
    pub(super) folded: &'a FoldedNames<'a>,
    /// Whether the file names the clients of projects. If not, projects are found by their name alone.
    pub(super) has_clients: bool,
}

impl<'a> PlaceFinder<'a> {
    /// Finds every place.
    pub(super) async fn find(&self, conn: &mut AsyncPgConnection) -> QueryResult<Places> {
        let mut places = Places::default();
        let clients = self.clients(conn, &mut places).await?;
        let projects = self.projects(conn, &clients, &mut places).await?;
        self.categories(conn, &projects, &mut places).await?;
        Ok(places)
    }

    async fn clients(
        &self,
        conn: &mut AsyncPgConnection,
        places: &mut Places,
    ) -> QueryResult<HashMap<String, ClientId>> {
        let names = self.distinct(|requested| requested.client);
        let mut clients = Client::by_names(conn, self.caller.workspace, names).await?;
        places.existing.0 = clients.len();
        for requested in self.requested.iter().filter(|requested| requested.usage.fresh > 0) {
            let Some(name) = requested.client else { continue };
            let folded = self.folded.get(name);
            if clients.contains_key(folded) {
                continue;
            }
            let id = ClientId::new();
            clients.insert(folded.to_owned(), id);
            places.clients.push(NewClient {
                id,
                workspace_id: self.caller.workspace,
                name: name.to_owned(),
                created_at: self.now,
                updated_at: self.now,
            });
        }
        Ok(clients)
    }

    async fn projects(
        &self,
        conn: &mut AsyncPgConnection,
        clients: &HashMap<String, ClientId>,
        places: &mut Places,
    ) -> QueryResult<Vec<Option<FoundProject>>> {
        let names = self.distinct(|requested| Some(requested.project));
        let rows = Project::by_names(conn, self.caller.workspace, names).await?;
        let mut by_name: HashMap<&str, Vec<&NamedProject>> = HashMap::new();
        for row in &rows {
            by_name.entry(&row.folded).or_default().push(row);
        }
        let mut number = Color::number_after(&Project::newest_colors(conn, self.caller.workspace).await?);
        let mut made: HashMap<(Option<ClientId>, &str), ProjectId> = HashMap::new();
        let mut used = HashSet::new();
        let mut found = Vec::with_capacity(self.requested.len());
        for requested in self.requested {
            let folded = self.folded.get(requested.project);
            let client = requested.client.map(|client| clients.get(self.folded.get(client)).copied());
            let same_name = by_name.get(folded).map(Vec::as_slice).unwrap_or_default();
            let existing = match client {
                _ if !requested.usage.used => None,
                // The client is not there and no new entry asks for it.
                Some(None) => None,
                client => self.choose(same_name, client.flatten()),
            };
            if let Some(row) = existing {
                used.insert(row.id);
                found.push(Some(FoundProject { id: row.id, billable: row.billable, archived: row.archived }));
                continue;
            }
            if requested.usage.fresh == 0 {
                found.push(None);
                continue;
            }
            let client = client.flatten();
            let id = *made.entry((client, folded)).or_insert_with(|| {
                let project = self.new_project(requested.project, client, number);
                let id = project.id;
                places.projects.push(project);
                number += 1;
                id
            });
            found.push(Some(FoundProject { id, billable: false, archived: false }));
        }
        places.existing.1 = used.len();
        self.set_billable_defaults(&found, &mut places.projects);
        Ok(found)
    }

    fn choose<'r>(&self, same_name: &[&'r NamedProject], client: Option<ClientId>) -> Option<&'r NamedProject> {
        let any = same_name.iter().filter(|row| !self.has_clients || row.client_id == client);
        // One in use before an archived one, then the client's own, then the oldest.
        any.min_by_key(|row| (row.archived, row.client_id != client)).copied()
    }

    fn new_project(&self, name: &str, client_id: Option<ClientId>, number: usize) -> NewProject {
        NewProject {
            id: ProjectId::new(),
            workspace_id: self.caller.workspace,
            client_id,
            name: name.to_owned(),
            description: None,
            color: Color::from_palette(number).into(),
            private: false,
            billable: false,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// A new project is billable by default when most of its entries are: what people tracked is the best guess at what
    /// they will.
    fn set_billable_defaults(&self, found: &[Option<FoundProject>], projects: &mut [NewProject]) {
        let mut counts: HashMap<ProjectId, (u64, u64)> = HashMap::new();
        for (requested, found) in self.requested.iter().zip(found) {
            if let Some(project) = found {
                let (billable, all) = counts.entry(project.id).or_default();
                *billable += requested.usage.billable;
                *all += requested.usage.fresh;
            }
        }
        for project in projects {
            project.billable = counts.get(&project.id).is_some_and(|(billable, all)| billable * 2 > *all);
        }
    }

    async fn categories(
        &self,
        conn: &mut AsyncPgConnection,
        projects: &[Option<FoundProject>],
        places: &mut Places,
    ) -> QueryResult<()> {
        let names = self.distinct(|requested| Some(requested.category));
        let ids: HashSet<ProjectId> = projects.iter().flatten().map(|project| project.id).collect();
        let ids: Vec<ProjectId> = ids.into_iter().collect();
        let mut categories: HashMap<(ProjectId, String), (CategoryId, bool)> = HashMap::new();
        for NamedCategory { id, project_id, folded, archived } in
            Category::by_names(conn, self.caller.workspace, ids, names).await?
        {
            categories.entry((project_id, folded)).or_insert((id, archived));
        }
        let mut used = HashSet::new();
        let mut made = HashSet::new();
        let (mut archived_projects, mut archived_categories) = (HashSet::new(), HashSet::new());
        for (requested, project) in self.requested.iter().zip(projects) {
            let Some(FoundProject { id: project, billable, archived: project_archived }) = *project else {
                places.targets.push(None);
                continue;
            };
            let key = (project, self.folded.get(requested.category).to_owned());
            if !categories.contains_key(&key) && requested.usage.fresh > 0 {
                let category = self.new_category(requested.category, project);
                made.insert(category.id);
                categories.insert(key.clone(), (category.id, false));
                places.category_names.push(CategoryOfProject {
                    project: requested.project.to_owned(),
                    name: requested.category.to_owned(),
                });
                places.categories.push(category);
            }
            let category = categories.get(&key).copied();
            used.extend(category.map(|(id, _)| id).filter(|id| requested.usage.used && !made.contains(id)));
            places.targets.push(category.map(|(category, _)| EntryTarget { project, category, billable }));
            let category_archived = category
                .is_some_and(|(id, archived)| archived && requested.usage.fresh > 0 && archived_categories.insert(id));
            let project_archived = project_archived && requested.usage.fresh > 0;
            let is_news = if project_archived { archived_projects.insert(project) } else { category_archived };
            if is_news {
                places.archived.push(ArchivedPlace {
                    line: requested.usage.first_line,
                    project: requested.project.to_owned(),
                    category: (!project_archived).then(|| requested.category.to_owned()),
                });
            }
        }
        places.existing.2 = used.len();
        Ok(())
    }

    fn new_category(&self, name: &str, project_id: ProjectId) -> NewCategory {
        NewCategory {
            id: CategoryId::new(),
            workspace_id: self.caller.workspace,
            project_id,
            parent_category_id: None,
            name: name.to_owned(),
            description: None,
            color: None,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// The folded names of one kind, each once.
    fn distinct(&self, name: impl Fn(&RequestedPlace<'a>) -> Option<&'a str>) -> Vec<String> {
        let names: HashSet<&str> = self
            .requested
            .iter()
            .filter(|requested| requested.usage.used)
            .filter_map(name)
            .map(|name| self.folded.get(name))
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }
}
