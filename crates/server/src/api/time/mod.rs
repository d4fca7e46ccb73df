//! `/api/time`: the timer, entries, and what overlaps.

pub mod bulk;
pub mod entries;
pub mod entry_actions;
pub mod entry_list;
pub mod overlaps;
pub mod timer;
pub mod view;

use actix_web::web;

use super::routes::Routes;
use super::unmatched;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .service(timer::start_timer)
        .service(timer::stop_timer)
        .service(timer::get_active_timer)
        .service(entry_list::list_entries)
        .service(entries::create_entry)
        .service(bulk::bulk_edit_entries)
        .service(bulk::bulk_delete_entries)
        .service(bulk::bulk_restore_entries)
        .configure(refuse_other_methods)
        .service(entries::get_entry)
        .service(entries::update_entry)
        .service(entries::delete_entry)
        .service(entry_actions::restore_entry)
        .service(entry_actions::resume_entry)
        .service(entry_actions::duplicate_entry)
        .service(entry_actions::split_entry)
        .service(overlaps::list_overlaps);
}

/// Without this, another method on one of these paths would be taken for one on the entry of that id.
fn refuse_other_methods(config: &mut impl Routes) {
    for path in ["/time/entries/bulk-edit", "/time/entries/bulk-delete", "/time/entries/bulk-restore"] {
        config.route(path, web::route().to(unmatched::refuse));
    }
}
