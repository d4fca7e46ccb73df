//! `/api/events`: live updates, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::convert::Infallible;
use std::time::Duration;

use actix_web::http::header::{self, ContentEncoding, HeaderValue};
use actix_web::http::{ConnectionType, Version};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use bytes::Bytes;
use clockwork_core::access::needs;
use clockwork_core::events::{Change, Event, Kind, Message, Subscription};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Allowed, FromQuery, QueryParameters, UnreadParameters};
use crate::metrics::OpenStream;
use crate::request::HeadRequest;
use crate::state::AppState;

/// How long a client that lost its stream waits, at least: a proxy's hiccup is over by then.
const RETRY: Duration = Duration::from_secs(1);
/// Over how long clients spread that come back because their server has ended. All at once would be a rush for the
/// others.
const RETRY_SPREAD: Duration = Duration::from_secs(4);

/// Mounts the operation.
pub fn configure(config: &mut impl Routes) {
    config.operation(stream_events, __path_stream_events);
}

/// What has changed; the data of an event `changes`. They became visible together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changes)]
pub struct ChangesView {
    changes: Vec<ChangeView>,
}

/// One thing that has changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// `entry`, `client`, `project`, `category`, `tag`, `user`, `workspace` or `membership` (the caller's own). More
    /// may be added.
    #[schema(value_type = String)]
    kind: Kind,
    /// `created`, `updated` or `deleted`.
    #[schema(value_type = String)]
    change: Change,
    /// Which; null when so many were changed at once that a list is better asked for anew.
    #[schema(required)]
    id: Option<Uuid>,
    /// The revision that it has now, as in its ETag; null when it is gone, or when there were many.
    #[schema(required)]
    revision: Option<i64>,
    /// Whether the running entry is concerned: it began, ended, or was changed.
    timer: bool,
}

impl From<&Event> for ChangeView {
    fn from(event: &Event) -> Self {
        let Event { kind, change, object, revision, timer, .. } = *event;
        Self { kind, change, id: object, revision, timer }
    }
}

/// The position to continue from: the header that browsers send when they reconnect, or else the parameter, for
/// clients that cannot set a header.
#[derive(Debug)]
pub(crate) struct LastEventId(Option<String>);

impl FromQuery for LastEventId {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        parameters.text("lastEventId").map(Self)
    }
}

fn last_event_id(req: &HttpRequest, LastEventId(parameter): LastEventId) -> ApiResult<Option<String>> {
    let Some(value) = req.headers().get("Last-Event-ID") else { return Ok(parameter) };
    let text = value.to_str().map_err(|_| {
        let field = FieldError::format("Last-Event-ID", "ascii", "must be visible ASCII");
        ApiError::field(ErrorCode::InvalidHeader, field)
    })?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()).or(parameter))
}

/// Tells what changes, for as long as the connection lasts.
#[utoipa::path(
    get,
    path = "/events",
    tag = "events",
    params(
        ("lastEventId" = Option<String>, Query, description = "the id of the last event that was seen, for clients that cannot set the header"),
        ("Last-Event-ID" = Option<String>, Header, description = "the id of the last event that was seen; wins over the parameter"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String,
         description = "events `ready`, `changes` (data: `Changes`), `reset` and `heartbeat`; docs/API.md says what to do with each"),
        (status = 400, description = "invalid_header"),
    )
)]
pub(crate) async fn stream_events(
    caller: Allowed<needs::SeeWorkspace>,
    req: HttpRequest,
    QueryParameters(since): QueryParameters<LastEventId>,
    state: Data<AppState>,
) -> ApiResult<HttpResponse> {
    let since = last_event_id(&req, since)?;
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        // For nginx and the proxies that follow its convention: pass on each piece as it arrives.
        .insert_header(("X-Accel-Buffering", "no"))
        // A compressor would keep pieces back until it has enough of them.
        .insert_header(ContentEncoding::Identity);
    if req.extensions().contains::<HeadRequest>() {
        return Ok(response.finish());
    }
    let counted = state.metrics.stream();
    let subscription = state.events.subscribe(caller.caller(), since.as_deref()).await?;
    let intervals = state.events.intervals();
    let opened = OpenEventStream {
        subscription,
        heartbeat: intervals.heartbeat,
        ends: Instant::now() + intervals.lifetime,
        phase: Phase::Opening,
        _counted: counted,
    };
    let mut response = response.streaming(stream(opened));
    if req.version() < Version::HTTP_11 {
        // Older clients, and proxies that speak so to us, know no chunks: they read until the connection ends.
        response.head_mut().no_chunking(true);
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// What one stream is made of.
struct OpenEventStream {
    subscription: Subscription,
    heartbeat: Duration,
    ends: Instant,
    phase: Phase,
    _counted: OpenStream,
}

enum Phase {
    Opening,
    Open,
    Over,
}

fn stream(opened: OpenEventStream) -> impl Stream<Item = Result<Bytes, Infallible>> {
    unfold(opened, |mut opened| async move {
        let text = opened.next().await?;
        Some((Ok(Bytes::from(text)), opened))
    })
}

impl OpenEventStream {
    /// The next piece of the stream; `None` at its end.
    async fn next(&mut self) -> Option<String> {
        match self.phase {
            Phase::Over => return None,
            Phase::Opening => {
                self.phase = Phase::Open;
                return Some(format!("retry: {}\n{}", RETRY.as_millis(), self.event("ready", "{}")));
            }
            Phase::Open => {}
        }
        let until = self.ends.min(Instant::now() + self.heartbeat);
        match timeout_at(until, self.subscription.next()).await {
            Ok(Message::Changes(changes)) => match changes.text(write) {
                Some(data) => Some(self.event("changes", data)),
                None => self.close(),
            },
            Ok(Message::Reset) => Some(self.event("reset", "{}")),
            Ok(Message::Closed) => self.close(),
            Err(_) if Instant::now() >= self.ends => self.close(),
            Err(_) => Some(self.event("heartbeat", "{}")),
        }
    }

    /// The last piece: when to come back.
    fn close(&mut self) -> Option<String> {
        self.phase = Phase::Over;
        let pause = RETRY + spread(self.subscription.number());
        Some(format!("retry: {}\n\n", pause.as_millis()))
    }

    /// An event with the place that the client has reached by it.
    fn event(&mut self, name: &str, data: &str) -> String {
        let id = self.subscription.position().map(|position| format!("id: {}\n", position.as_str()));
        format!("{}event: {name}\ndata: {data}\n\n", id.unwrap_or_default())
    }
}

/// The data of an event `changes`.
fn write(events: &[Event]) -> Option<String> {
    let changes = ChangesView { changes: events.iter().map(ChangeView::from).collect() };
    serde_json::to_string(&changes)
        .inspect_err(|error| tracing::error!(%error, "changes cannot be written as JSON"))
        .ok()
}

/// Part of [`RETRY_SPREAD`], another for each stream, evenly: multiples of the golden ratio lie so.
fn spread(number: u32) -> Duration {
    RETRY_SPREAD * (number.wrapping_mul(2_654_435_769) >> 16) / (1 << 16)
}

#[cfg(test)]
mod tests {
    use super::{RETRY_SPREAD, spread};

    #[test]
    fn reconnections_are_spread_evenly() {
        let mut pauses: Vec<_> = (0..100).map(spread).collect();
        pauses.sort();
        assert!(pauses.windows(2).all(|pair| pair[1] - pair[0] < RETRY_SPREAD / 40), "{pauses:?}");
        assert!(pauses[0] < RETRY_SPREAD / 40 && pauses[99] < RETRY_SPREAD && pauses[99] > RETRY_SPREAD * 9 / 10);
    }
}
