//! `/api/reports`: how much time was tracked, by groups and entry by entry.

pub mod detailed;
pub mod export;
pub mod filters;
mod fresh;
pub mod pdf;
pub mod query;
pub mod summary;
pub mod view;

use super::routes::Routes;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(summary::get_summary, summary::__path_get_summary)
        .operation(export::export_report, export::__path_export_report)
        .operation(detailed::list_report_entries, detailed::__path_list_report_entries);
}
