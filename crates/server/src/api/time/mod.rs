//! `/api/time`: the timer, entries, their totals, what overlaps, and what is used.

pub mod bulk;
pub mod entries;
pub mod entry_actions;
pub mod entry_list;
pub mod entry_query;
pub mod overlaps;
pub mod timer;
pub mod totals;
pub mod usage;
pub mod view;

use super::routes::Routes;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(timer::start_timer, timer::__path_start_timer)
        .operation(timer::stop_timer, timer::__path_stop_timer)
        .operation(timer::get_active_timer, timer::__path_get_active_timer)
        .operation(entry_list::list_entries, entry_list::__path_list_entries)
        .operation(entries::create_entry, entries::__path_create_entry)
        .operation(bulk::bulk_edit_entries, bulk::__path_bulk_edit_entries)
        .operation(bulk::bulk_delete_entries, bulk::__path_bulk_delete_entries)
        .operation(bulk::bulk_restore_entries, bulk::__path_bulk_restore_entries)
        // Otherwise another method on one of these paths would be taken for one on the entry of that id.
        .refuse_other_methods("/time/entries/bulk-edit")
        .refuse_other_methods("/time/entries/bulk-delete")
        .refuse_other_methods("/time/entries/bulk-restore")
        .operation(entries::get_entry, entries::__path_get_entry)
        .operation(entries::update_entry, entries::__path_update_entry)
        .operation(entries::delete_entry, entries::__path_delete_entry)
        .operation(entry_actions::restore_entry, entry_actions::__path_restore_entry)
        .operation(entry_actions::resume_entry, entry_actions::__path_resume_entry)
        .operation(entry_actions::duplicate_entry, entry_actions::__path_duplicate_entry)
        .operation(entry_actions::split_entry, entry_actions::__path_split_entry)
        .operation(overlaps::list_overlaps, overlaps::__path_list_overlaps)
        .operation(totals::get_totals, totals::__path_get_totals)
        .operation(usage::get_usage, usage::__path_get_usage);
}
