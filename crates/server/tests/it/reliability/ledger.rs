//! What a server has acknowledged, to be compared with what the database holds.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;

use serde_json::json;
use tokio_postgres::NoTls;

use super::client::Reply;

/// Writes that were acknowledged. What was refused, or never answered, may or may not have happened.
#[derive(Default)]
pub struct Ledger {
    entries: BTreeMap<String, Acknowledged>,
    /// How many writes were acknowledged.
    pub writes: u64,
}

#[derive(Default)]
struct Acknowledged {
    stopped: bool,
    description: Option<String>,
}

impl Ledger {
    /// Starts an entry, edits it and stops it, by a way of sending that says what came of it. The first failure ends
    /// the round.
    pub async fn round<F, Fut>(&mut self, category: &str, number: u64, mut send: F) -> io::Result<Option<Reply>>
    where
        F: FnMut(&'static str, String, Vec<u8>) -> Fut,
        Fut: Future<Output = io::Result<Reply>>,
    {
        let start = json!({"categoryId": category}).to_string().into_bytes();
        let reply = send("POST", "/api/time/start".to_owned(), start).await?;
        if reply.status != 201 {
            return Ok(Some(reply));
        }
        let id = reply.json["id"].as_str().unwrap().to_owned();
        let mine = self.entries.entry(id.clone()).or_default();
        self.writes += 1;
        let description = format!("Round {number}");
        let edit = json!({"description": description}).to_string().into_bytes();
        let reply = send("PATCH", format!("/api/time/entries/{id}"), edit).await?;
        if reply.status != 200 {
            return Ok(Some(reply));
        }
        mine.description = Some(description);
        self.writes += 1;
        let reply = send("POST", "/api/time/stop".to_owned(), Vec::new()).await?;
        if reply.status != 200 {
            return Ok(Some(reply));
        }
        mine.stopped = true;
        self.writes += 1;
        Ok(None)
    }

    /// The entries whose start was acknowledged.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Compares with a database. What is acknowledged and not there is listed.
    pub async fn check(&self, url: &str) -> Vec<String> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let query = "SELECT id::text, stopped_at IS NOT NULL, description FROM time_entries";
        let rows = client.query(query, &[]).await.unwrap();
        let found: BTreeMap<String, (bool, String)> =
            rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        let mut lost = Vec::new();
        for (id, acknowledged) in &self.entries {
            match found.get(id) {
                None => lost.push(format!("start of {id}")),
                Some((false, _)) if acknowledged.stopped => lost.push(format!("stop of {id}")),
                Some((_, there)) if acknowledged.description.as_ref().is_some_and(|wanted| wanted != there) => {
                    lost.push(format!("edit of {id}"));
                }
                Some(_) => {}
            }
        }
        let running = "SELECT coalesce(max(n), 0) FROM
            (SELECT count(*) AS n FROM time_entries WHERE stopped_at IS NULL GROUP BY user_id) AS running";
        let running: i64 = client.query_one(running, &[]).await.unwrap().get(0);
        if running > 1 {
            lost.push(format!("{running} entries of one person are running"));
        }
        lost
    }
}
