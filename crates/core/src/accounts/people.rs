//! Checks that changes of members and of invitations share.

use diesel_async::AsyncPgConnection;

use super::workspaces;
use crate::access::{Caller, Need, Permit, Rejection, Role, RuleError, needs};
use crate::models::Workspace;

/// Locks the workspace against other changes of its members, and checks the caller's capability again: it holds until
/// the transaction ends.
pub(super) async fn lock_people<N: Need, R: Rejection>(
    conn: &mut AsyncPgConnection,
    caller: Permit<N>,
) -> Result<Permit<N>, RuleError<R>> {
    Workspace::lock(conn, caller.workspace).await?.ok_or(RuleError::NotFound("workspace"))?;
    let present = workspaces::caller(conn, caller.actor, caller.workspace).await?;
    Ok(present.ok_or(RuleError::NotFound("workspace"))?.permit()?)
}

/// A member changes and gives only roles up to their own. Only the owner's is above one that manages members.
pub(super) fn check_rank<R: Rejection>(caller: Caller, role: Role) -> Result<(), RuleError<R>> {
    if role > caller.role {
        caller.permit::<needs::ManageOwners>()?;
    }
    Ok(())
}
