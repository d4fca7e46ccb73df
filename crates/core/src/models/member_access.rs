//! What gives out data of a workspace by itself, without its member being there: calendar feeds, links and schedules of
//! reports, and tokens.

use diesel::QueryResult;
use diesel::sql_types::Uuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;
use crate::values::ids::{UserId, WorkspaceId};

/// The statements about what a member has opened.
#[derive(Debug)]
pub struct MemberAccess;

impl MemberAccess {
    /// Ends all of it: the member's calendar feed, the links and the schedules of the member's reports, being a
    /// recipient of other schedules, and the tokens that are for this workspace alone. The reports themselves stay.
    /// They are locked before, so that nothing is made of them that is not seen here.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn end(conn: &mut AsyncPgConnection, workspace: WorkspaceId, user: UserId) -> QueryResult<()> {
        for statement in [
            "SELECT id FROM saved_reports WHERE workspace_id = $1 AND user_id = $2 ORDER BY id FOR NO KEY UPDATE",
            "WITH reports AS MATERIALIZED (
                 SELECT workspace_id, id FROM saved_reports WHERE workspace_id = $1 AND user_id = $2
             ), links AS (
                 DELETE FROM report_links l USING reports r WHERE l.workspace_id = r.workspace_id AND l.saved_report_id = r.id
             ), schedules AS (
                 DELETE FROM report_schedules s USING reports r WHERE s.workspace_id = r.workspace_id AND s.saved_report_id = r.id
             ), feeds AS (
                 DELETE FROM calendar_feeds WHERE workspace_id = $1 AND user_id = $2
             )
             DELETE FROM api_tokens WHERE user_id = $2 AND workspace_id = $1",
            // After those of the member's own schedules have gone with them.
            "DELETE FROM report_schedule_recipients WHERE workspace_id = $1 AND user_id = $2",
        ] {
            prepared(statement).bind::<Uuid, _>(workspace).bind::<Uuid, _>(user).execute(conn).await?;
        }
        Ok(())
    }
}
