//! Archiving: one instant per row, which an archived row keeps when it is archived again.

use chrono::{DateTime, Utc};

/// The change of an `archived_at` column that makes it say `wanted`; `None` when it need not change.
pub(crate) fn change(
    wanted: Option<bool>,
    present: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Option<DateTime<Utc>>> {
    match (wanted?, present) {
        (true, None) => Some(Some(now)),
        (false, Some(_)) => Some(None),
        _ => None,
    }
}
