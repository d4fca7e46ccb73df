//! The operations, one file or folder per resource: wire types, handlers, and how they are described.

pub mod categories;
pub mod clients;
pub mod cursor;
pub mod events;
pub mod fields;
pub mod health;
pub mod imports;
pub mod lists;
pub mod me;
pub mod projects;
pub mod routes;
pub mod tags;
pub mod time;
pub mod unmatched;

use routes::Routes;

/// Mounts everything that belongs to a workspace. Called twice: below `/api`, and below
/// `/api/workspaces/{workspaceId}`.
pub fn configure_workspace(config: &mut impl Routes) {
    config
        .configure(me::configure)
        .configure(clients::configure)
        .configure(projects::configure)
        .configure(categories::configure)
        .configure(tags::configure)
        .configure(time::configure)
        .configure(imports::configure)
        .configure(events::configure);
}
