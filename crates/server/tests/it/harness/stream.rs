//! A stream of server-sent events, read as a browser reads it.

use std::time::Duration;

use clockwork_core::access::Caller;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{SentAs, TestApp};

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamEvent {
    /// Its name; empty for a piece that only sets something.
    pub name: String,
    /// Where to go on.
    pub id: Option<String>,
    /// In milliseconds.
    pub retry: Option<u64>,
    /// What it says.
    pub data: Value,
}

/// An open stream.
pub struct Stream {
    response: reqwest::Response,
    buffer: String,
    /// The id of the last event that had one.
    pub last_id: Option<String>,
}

impl TestApp {
    /// Opens a stream that goes on after `since`, and reads its greeting.
    pub async fn stream(&self, since: Option<&str>) -> Stream {
        Stream::open(&self.url, since).await
    }
}

impl Stream {
    /// Opens a stream of any server, and reads its greeting.
    pub async fn open(url: &str, since: Option<&str>) -> Self {
        let mut request = TestApp::http_client().request(Method::GET, format!("{url}/api/events"));
        if let Some(since) = since {
            request = request.header("Last-Event-ID", since);
        }
        Self::begin(request, since).await
    }

    /// Opens a stream of a caller, and reads its greeting.
    pub async fn open_as(app: &TestApp, caller: Caller) -> Self {
        Self::begin(app.request(Method::GET, "/api/events").sent_as(caller), None).await
    }

    async fn begin(request: RequestBuilder, since: Option<&str>) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Self { response, buffer: String::new(), last_id: since.map(str::to_owned) };
        let ready = stream.event().await;
        assert_eq!(ready.name, "ready");
        assert!(ready.retry.is_some_and(|retry| retry >= 1_000), "{ready:?}");
        stream
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        loop {
            if let Some((piece, rest)) = self.buffer.split_once("\n\n") {
                let event = parse(piece);
                self.buffer = rest.to_owned();
                self.last_id = event.id.clone().or(self.last_id.take());
                return Some(event);
            }
            let chunk = tokio::time::timeout(DEADLINE, self.response.chunk()).await.expect("the stream is silent");
            self.buffer.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    /// The next event, which must come.
    pub async fn event(&mut self) -> StreamEvent {
        self.next().await.expect("the stream has ended")
    }

    /// The next changes, whatever beats in between.
    pub async fn changes(&mut self) -> Vec<Value> {
        loop {
            let event = self.event().await;
            match event.name.as_str() {
                "changes" => return event.data["changes"].as_array().unwrap().clone(),
                "heartbeat" => {}
                _ => panic!("{event:?}"),
            }
        }
    }

    /// The ids of what has changed, until there are as many as expected.
    pub async fn ids(&mut self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        while ids.len() < count {
            ids.extend(self.changes().await.iter().map(|change| change["id"].as_str().unwrap().to_owned()));
        }
        ids
    }

    /// Asserts that nothing has been missed, by a change that must be the next to be told.
    pub async fn has_nothing_more(&mut self, app: &TestApp) {
        let name = format!("Nothing before this {}", self.last_id.as_deref().unwrap_or_default());
        let tag = app.tag(&name.chars().take(200).collect::<String>()).await;
        assert_eq!(self.ids(1).await, [tag]);
    }
}

fn parse(piece: &str) -> StreamEvent {
    let mut event = StreamEvent::default();
    for line in piece.lines() {
        match line.split_once(": ").unwrap_or_else(|| panic!("{piece:?}")) {
            ("id", id) => event.id = Some(id.to_owned()),
            ("event", name) => event.name = name.to_owned(),
            ("retry", pause) => event.retry = Some(pause.parse().unwrap()),
            ("data", data) => event.data = serde_json::from_str(data).unwrap(),
            _ => panic!("{piece:?}"),
        }
    }
    event
}
