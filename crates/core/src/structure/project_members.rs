//! Who is in a project, and who leads it.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::access::{Permit, Rejection, RuleError, needs};
use crate::accounts::audit::{self, By, Object};
use crate::database::transaction;
use crate::models::{Project, ProjectMember};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{ProjectId, UserId};

/// Most members of one project.
pub const MEMBERS_MAX: i64 = 1_000;

/// Why a user was not put into a project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectMemberRejection {
    /// The project has as many members as it may have.
    #[error("the project has {MEMBERS_MAX} members")]
    TooMany,
    /// A placeholder would lead it.
    #[error("a placeholder cannot lead a project")]
    PlaceholderLead,
}

impl Rejection for ProjectMemberRejection {
    const OBJECT: &'static str = "member of the project";
}

/// Why the members of a project were not read or changed.
pub type ProjectMemberError = RuleError<ProjectMemberRejection>;

/// The members of a project that the caller sees, oldest first.
///
/// # Errors
/// When there is no such project.
#[tracing::instrument(target = RULE_TARGET, name = "project_members::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    project: ProjectId,
) -> Result<Vec<ProjectMember>, ProjectMemberError> {
    Project::find(conn, caller.project_scope(), project).await?.ok_or(ProjectMemberError::NotFound("project"))?;
    Ok(ProjectMember::list(conn, caller.workspace, project, MEMBERS_MAX).await?)
}

/// Puts a member of the workspace into a project, or changes whether they lead it.
///
/// # Errors
/// When there is no such project or member, the project is full, or a placeholder would lead it.
#[tracing::instrument(target = RULE_TARGET, name = "project_members::put", skip_all)]
pub async fn put(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    user: UserId,
    lead: bool,
    by: By,
    now: DateTime<Utc>,
) -> Result<ProjectMember, ProjectMemberError> {
    transaction(conn, async |conn| {
        lock(conn, caller, project).await?;
        if lead && user.is_placeholder() {
            return Err(ProjectMemberRejection::PlaceholderLead.into());
        }
        let present = ProjectMember::find(conn, caller.workspace, project, user).await?;
        let before = present.as_ref().map(|present| word(present.lead));
        match present {
            Some(present) if present.lead == lead => return Ok(present),
            Some(_) => {}
            None if ProjectMember::count(conn, caller.workspace, project).await? >= MEMBERS_MAX => {
                return Err(ProjectMemberRejection::TooMany.into());
            }
            None => {}
        }
        if ProjectMember::put(conn, caller.workspace, project, user, lead, now).await? == 0 {
            return Err(ProjectMemberError::NotFound("member"));
        }
        let details = json!({"user": user, "before": before, "after": word(lead)});
        let object = Object::in_workspace(caller.workspace, "project", project);
        audit::record(conn, by, "project.member_changed", object, details, now).await?;
        let put = ProjectMember::find(conn, caller.workspace, project, user).await?;
        put.ok_or(ProjectMemberError::NotFound("member"))
    })
    .await
}

/// Takes a member out of a project. What they tracked there stays theirs.
///
/// # Errors
/// When there is no such project, or the user is not in it.
#[tracing::instrument(target = RULE_TARGET, name = "project_members::remove", skip_all)]
pub async fn remove(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    user: UserId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), ProjectMemberError> {
    transaction(conn, async |conn| {
        lock(conn, caller, project).await?;
        if ProjectMember::delete(conn, caller.workspace, project, user).await? == 0 {
            return Err(ProjectMemberError::not_found());
        }
        let object = Object::in_workspace(caller.workspace, "project", project);
        Ok(audit::record(conn, by, "project.member_removed", object, json!({"user": user}), now).await?)
    })
    .await
}

/// A member of a project as the audit log names one.
fn word(lead: bool) -> &'static str {
    if lead { "lead" } else { "member" }
}

async fn lock(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
) -> Result<(), ProjectMemberError> {
    let project = Project::lock(conn, caller.workspace, project).await?;
    project.map(|_| ()).ok_or(ProjectMemberError::NotFound("project"))
}
