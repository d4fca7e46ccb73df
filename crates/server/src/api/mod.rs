//! The operations, one file or folder per resource: wire types, handlers, and how they are described.

pub mod administration;
pub mod audit_log;
pub mod auth;
pub mod budgets;
pub mod calendar_feed;
pub mod categories;
pub mod clients;
pub mod cursor;
pub mod events;
pub mod fields;
pub mod health;
pub mod imports;
pub mod invitations;
pub mod lists;
pub mod me;
pub mod members;
pub mod money;
pub mod project_members;
pub mod projects;
pub mod report_links;
pub mod report_schedules;
pub mod reports;
pub mod routes;
pub mod saved_reports;
pub mod tags;
pub mod time;
pub mod unmatched;
pub mod workspaces;

use routes::Routes;

/// Mounts what belongs to no workspace, below `/api`.
pub fn configure_global(config: &mut impl Routes) {
    config
        .configure(auth::configure)
        .configure(administration::configure)
        .configure(report_links::configure_global)
        .configure(report_schedules::configure_global)
        .configure(calendar_feed::configure_global);
}

/// Mounts everything that belongs to a workspace. Called twice: below `/api`, and below
/// `/api/workspaces/{workspaceId}`.
pub fn configure_workspace(config: &mut impl Routes) {
    config
        // The first, because actix-web tries one path after the other, those with parameters by regular expressions.
        .configure(time::configure)
        .configure(me::configure)
        .configure(members::configure)
        .configure(invitations::configure)
        .configure(audit_log::configure)
        .configure(workspaces::configure_one)
        .configure(clients::configure)
        .configure(projects::configure)
        .configure(project_members::configure)
        .configure(categories::configure)
        .configure(tags::configure)
        .configure(reports::configure)
        .configure(saved_reports::configure)
        .configure(report_links::configure)
        .configure(report_schedules::configure)
        .configure(calendar_feed::configure)
        .configure(money::configure)
        .configure(budgets::configure)
        .configure(imports::configure)
        .configure(events::configure);
}

/// Mounts what belongs to an account and to no workspace, below `/api` alone.
pub fn configure_account(config: &mut impl Routes) {
    config.configure(workspaces::configure).configure(invitations::configure_account);
}
