//! Keyset pages: lists in an order that a time and the id make total.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The place of a row in a list: what the list is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The start of an entry; when anything else was made.
    pub at: DateTime<Utc>,
    /// The id, which makes the order total.
    pub id: Uuid,
}

/// Which part of a list to read.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only what comes after this position.
    pub after: Option<Position>,
    /// At most this many rows.
    pub limit: i64,
}

/// A row of a list that is read in pages.
pub trait Paged {
    /// Its place in the list.
    fn position(&self) -> Position;
}

/// Narrows a boxed query on a table with `created_at` and `id` to a page, oldest first.
macro_rules! oldest_first {
    ($query:expr, $table:ident, $page:expr) => {{
        let (mut query, page): (_, $crate::models::Page) = ($query, $page);
        if let Some($crate::models::Position { at, id }) = page.after {
            // The first condition alone bounds the index scan.
            query = query.filter($table::created_at.ge(at)).filter($table::created_at.gt(at).or($table::id.gt(id)));
        }
        query.order(($table::created_at, $table::id)).limit(page.limit)
    }};
}

/// Implements [`Paged`] for rows in the order of [`oldest_first`].
macro_rules! paged_oldest_first {
    ($row:ty) => {
        impl $crate::models::Paged for $row {
            fn position(&self) -> $crate::models::Position {
                $crate::models::Position { at: self.created_at, id: self.id.into() }
            }
        }
    };
}

pub(super) use {oldest_first, paged_oldest_first};
