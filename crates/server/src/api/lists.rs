//! Lists: a page by `limit` and `cursor`, or everything, streamed.
//!
//! A list that is answered whole is read in keyset pages, each with a connection of its own that goes back to the pool
//! before the page is sent. So neither its length nor the speed of the client decides how much memory it takes, or for
//! how long it holds a connection.

use std::io;

use actix_web::http::header::{self, ContentType, HeaderName};
use actix_web::http::{ConnectionType, Version};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use bytes::Bytes;
use clockwork_core::database::{Db, DbConn};
use clockwork_core::models::{Page, Paged, Position};
use diesel_async::AsyncPgConnection;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use utoipa::IntoParams;

use super::cursor;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{FromQuery, UnreadParameters};
use crate::request::{self, HeadRequest};

/// Rows on a page when only a cursor is given.
pub(super) const LIMIT_DEFAULT: i64 = 100;
/// Most rows on a page.
const LIMIT_MAX: i64 = 1_000;

/// Rows that are read before the head of a streamed answer is sent. A list that ends within them is answered in one
/// piece.
const FIRST_ROWS: i64 = 250;
/// What a further page of a streamed list should weigh as JSON, in bytes: long descriptions make pages of fewer rows.
const PAGE_BYTES: usize = 256 * 1024;
/// Fewest and most rows of a further page.
const ROWS: (usize, usize) = (25, 1_000);

const X_NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");

/// Which part of a list to answer with. Without both, all of it.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many to answer with, 1 to 1,000; 100 when only `cursor` is given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// The `X-Next-Cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Position>,
}

impl FromQuery for PageQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let limit = parameters.one("limit")?.map(|text| limit(&text)).transpose()?;
        let cursor = parameters.one("cursor")?.map(|text| cursor::decode(&text)).transpose()?;
        Ok(Self { limit, cursor })
    }
}

fn limit(text: &str) -> ApiResult<i64> {
    text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| {
        let message = format!("must be a whole number from 1 to {LIMIT_MAX}");
        ApiError::field(ErrorCode::InvalidLimit, FieldError::out_of_range("limit", 1, LIMIT_MAX, message).found(text))
    })
}

impl PageQuery {
    /// The same with this limit when neither limit nor cursor is given.
    #[must_use]
    pub fn or_limit(self, limit: i64) -> Self {
        Self { limit: self.limit.or_else(|| self.cursor.is_none().then_some(limit)), ..self }
    }
}

/// A list that is read in pages.
pub(crate) trait List: 'static {
    /// A row of the database.
    type Row: Paged;
    /// A row as the API shows it.
    type View: From<Self::Row> + Serialize;

    /// Reads a page.
    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Self::Row>>;

    /// Takes out rows that were sent with an earlier page, because they were moved since.
    fn without_repeated(&mut self, rows: Vec<Self::Row>) -> Vec<Self::Row> {
        rows
    }
}

/// Answers with the part of the list that was asked for.
///
/// # Errors
/// When the page, or the first page of everything, cannot be read.
pub(crate) async fn answer<L: List>(
    request: &HttpRequest,
    db: &Db,
    conn: DbConn,
    list: L,
    PageQuery { limit, cursor }: PageQuery,
) -> ApiResult<HttpResponse> {
    match limit.or_else(|| cursor.map(|_| LIMIT_DEFAULT)) {
        Some(limit) => one_page(request, conn, list, cursor, limit).await,
        None => everything(request, db, conn, list).await,
    }
}

async fn one_page<L: List>(
    request: &HttpRequest,
    mut conn: DbConn,
    mut list: L,
    after: Option<Position>,
    limit: i64,
) -> ApiResult<HttpResponse> {
    // One more than asked for tells whether there is a next page.
    let mut rows = list.read(&mut conn, Page { after, limit: limit + 1 }).await?;
    drop(conn);
    let mut response = HttpResponse::Ok();
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() > size {
        rows.truncate(size);
        if let Some(last) = rows.last() {
            let next = cursor::encode(last.position());
            response.insert_header((header::LINK, format!("<{}>; rel=\"next\"", next_page(request, &next, limit))));
            response.insert_header((X_NEXT_CURSOR, next));
        }
    }
    let mut array = Array::default();
    array.push::<L>(rows)?;
    Ok(response.content_type(ContentType::json()).body(array.end()))
}

async fn everything<L: List>(request: &HttpRequest, db: &Db, mut conn: DbConn, mut list: L) -> ApiResult<HttpResponse> {
    let rows = list.read(&mut conn, Page { after: None, limit: FIRST_ROWS }).await?;
    drop(conn);
    let mut array = Array::default();
    let position = last_of_full(&rows, FIRST_ROWS);
    array.push::<L>(list.without_repeated(rows))?;
    let mut response = HttpResponse::Ok();
    response.content_type(ContentType::json());
    let Some(after) = position else { return Ok(response.body(array.end())) };
    if request.extensions().contains::<HeadRequest>() {
        // Nothing of it would be sent, so nothing more of it is read.
        return Ok(response.streaming(stream::empty::<io::Result<Bytes>>()));
    }
    let rest = RemainingPages {
        db: db.clone(),
        rows: array.rows_of_next_page(),
        list,
        array,
        after,
        id: request::current_id(),
    };
    let mut response = response.streaming(rest.into_stream());
    if request.version() < Version::HTTP_11 {
        // These clients know no chunks: they read until the connection ends.
        response.head_mut().no_chunking(true);
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Where the next page begins, unless this one is the last.
fn last_of_full<R: Paged>(rows: &[R], limit: i64) -> Option<Position> {
    let full = usize::try_from(limit).is_ok_and(|limit| rows.len() >= limit);
    rows.last().filter(|_| full).map(Paged::position)
}

/// A list whose first page has been read.
struct RemainingPages<L> {
    db: Db,
    list: L,
    array: Array,
    /// Where the next page begins.
    after: Position,
    /// How many rows the next page has.
    rows: i64,
    /// The request's, for the log.
    id: String,
}

impl<L: List> RemainingPages<L> {
    /// The pages as they are sent; each is read when the one before is nearly gone. After an error the last chunk is
    /// missing, so that no client takes a part for the whole.
    fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> {
        stream::try_unfold(Some(self), |rest| async move {
            let Some(mut rest) = rest else { return Ok(None) };
            // An empty chunk would end the answer.
            while rest.array.is_empty() {
                match rest.read_page().await {
                    Ok(true) => {}
                    Ok(false) => return Ok(Some((rest.array.end(), None))),
                    Err(error) => {
                        let kind = error.kind();
                        tracing::warn!(request_id = rest.id, kind, "list aborted: a page could not be read");
                        return Err(io::Error::other("a page of the list could not be read"));
                    }
                }
            }
            Ok(Some((rest.array.take(), Some(rest))))
        })
    }

    /// Reads a page; false when it is the last.
    async fn read_page(&mut self) -> ApiResult<bool> {
        let mut conn = self.db.conn().await?;
        let page = self.list.read(&mut conn, Page { after: Some(self.after), limit: self.rows }).await?;
        drop(conn);
        let next = last_of_full(&page, self.rows);
        self.array.push::<L>(self.list.without_repeated(page))?;
        self.rows = self.array.rows_of_next_page();
        if let Some(next) = next {
            self.after = next;
        }
        Ok(next.is_some())
    }
}

/// A JSON array that is written piece by piece.
#[derive(Default)]
struct Array {
    /// What was not sent yet.
    bytes: Vec<u8>,
    /// How many rows that is.
    rows: usize,
    begun: bool,
}

impl Array {
    /// Writes rows, and frees each as soon as it is written.
    fn push<L: List>(&mut self, rows: Vec<L::Row>) -> ApiResult<()> {
        self.rows += rows.len();
        for row in rows {
            self.bytes.push(if self.begun { b',' } else { b'[' });
            self.begun = true;
            serde_json::to_writer(&mut self.bytes, &L::View::from(row)).map_err(ApiError::internal)?;
        }
        Ok(())
    }

    /// So many rows as weigh [`PAGE_BYTES`] if they are like these.
    fn rows_of_next_page(&self) -> i64 {
        let rows = (self.rows * PAGE_BYTES / self.bytes.len().max(1)).clamp(ROWS.0, ROWS.1);
        i64::try_from(rows).unwrap_or(LIMIT_DEFAULT)
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was not sent yet.
    fn take(&mut self) -> Bytes {
        self.rows = 0;
        std::mem::take(&mut self.bytes).into()
    }

    /// The same with the end of the array.
    fn end(mut self) -> Bytes {
        if !self.begun {
            self.bytes.push(b'[');
        }
        self.bytes.push(b']');
        self.bytes.into()
    }
}

/// The URL of the next page: this one's, with another cursor.
fn next_page(request: &HttpRequest, cursor: &str, limit: i64) -> String {
    let parameters = url::form_urlencoded::parse(request.query_string().as_bytes());
    let kept = parameters.filter(|(name, _)| name != "cursor" && name != "limit");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("limit", &limit.to_string())
        .append_pair("cursor", cursor)
        .finish();
    format!("{}{}?{query}", request::base_path(request), request.path())
}
