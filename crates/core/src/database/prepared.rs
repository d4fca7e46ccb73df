//! Statements written as text that PostgreSQL parses once for each connection. diesel prepares the text of its own
//! `sql_query` anew each time, one more round trip, because it cannot know that the text never changes.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// A statement whose prepared form is kept by its connection. Rows are read by name.
pub(crate) struct Prepared<'a> {
    sql: &'static str,
    values: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
}

/// A statement with parameters `$1`, `$2` …, as with [`diesel::sql_query`]. A dollar sign means nothing else in it.
pub(crate) fn prepared<'a>(sql: &'static str) -> Prepared<'a> {
    Prepared { sql, values: Vec::new() }
}

impl<'a> Prepared<'a> {
    /// The value of the next parameter.
    pub(crate) fn bind<ST, U>(mut self, value: U) -> Self
    where
        Pg: HasSqlType<ST>,
        ST: Send + 'a,
        U: ToSql<ST, Pg> + Send + 'a,
    {
        self.values.push(Box::new(Value::<ST, U> { value, sql_type: PhantomData }));
        self
    }
}

impl QueryFragment<Pg> for Prepared<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut rest = self.sql;
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = after.split_at(digits);
            // diesel numbers values in the order in which it meets them; one that is used twice is sent twice.
            let value = number.parse().ok().and_then(|n: usize| self.values.get(n.checked_sub(1)?));
            let value = value.ok_or_else(|| {
                Error::QueryBuilderError(format!("${number} of {} values in: {}", self.values.len(), self.sql).into())
            })?;
            out.push_sql(before);
            value.walk_ast(out.reborrow())?;
            rest = after;
        }
        out.push_sql(rest);
        Ok(())
    }
}

/// The text tells statements apart, not the type.
impl QueryId for Prepared<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Prepared<'_> {
    type SqlType = Untyped;
}

struct Value<ST, U> {
    value: U,
    sql_type: PhantomData<ST>,
}

impl<ST, U> QueryFragment<Pg> for Value<ST, U>
where
    Pg: HasSqlType<ST>,
    U: ToSql<ST, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<ST, U>(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::{BigInt, Text};

    use super::*;

    #[test]
    fn values_stand_where_their_numbers_do() {
        let statement = prepared("SELECT $2, $1 + $1").bind::<BigInt, _>(7_i64).bind::<Text, _>("a");
        let shown = diesel::debug_query::<Pg, _>(&statement).to_string();
        assert_eq!(shown, r#"SELECT $1, $2 + $3 -- binds: ["a", 7, 7]"#);
    }

    #[test]
    fn a_value_that_is_not_there_is_an_error() {
        for (sql, named) in [("SELECT $1", "$1 of 0 values"), ("SELECT $", "$ of 0 values"), ("SELECT $0", "$0 of 0")] {
            let mut builder = diesel::pg::PgQueryBuilder::default();
            let error = prepared(sql).to_sql(&mut builder, &Pg).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
