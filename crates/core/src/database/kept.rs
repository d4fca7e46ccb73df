//! Statements that are put together from parts: which of them a connection keeps prepared.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A query whose prepared form is kept by its connection, or made for one use.
pub(crate) struct KeptIf<Q> {
    kept: bool,
    query: Q,
}

/// diesel keeps the prepared form of every text that it sends, for as long as the connection lives, and so does PostgreSQL. A query with
/// many optional parts has more texts than either should hold; `kept` tells whether this one is among the few that come often.
pub(crate) fn kept_if<Q>(kept: bool, query: Q) -> KeptIf<Q> {
    KeptIf { kept, query }
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for KeptIf<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.kept {
            out.unsafe_to_cache_prepared();
        }
        self.query.walk_ast(out)
    }
}

/// The text tells statements apart, not the type.
impl<Q> QueryId for KeptIf<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for KeptIf<Q> {
    type SqlType = Q::SqlType;
}
