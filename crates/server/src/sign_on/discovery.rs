//! What a provider says about itself, and its keys: asked for when they are needed, and kept for an hour.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::{ANSWER_MAX, SignOnFailure};

/// So long an answer is kept.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// Keys are asked for again because of an unknown one at most so often: any visitor can send a token with a key of its
/// own.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// The discovery document (OpenID Connect Discovery 1.0, 3), as far as it is used.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Whether the secret goes into the header; the default, unless the provider lists methods without it.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

/// A provider's documents.
#[derive(Debug)]
pub(super) struct Discovery {
    issuer: String,
    metadata: Mutex<Option<(Instant, Arc<Metadata>)>>,
    keys: Mutex<Option<(Instant, Arc<JwkSet>)>>,
}

impl Discovery {
    pub(super) fn new(issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), metadata: Mutex::default(), keys: Mutex::default() }
    }

    /// The discovery document. The lock is held while it is asked for, so that it is asked for once.
    pub(super) async fn metadata(&self, client: &reqwest::Client) -> Result<Arc<Metadata>, SignOnFailure> {
        let mut kept = self.metadata.lock().await;
        if let Some((asked, metadata)) = &*kept
            && asked.elapsed() < KEPT_FOR
        {
            return Ok(Arc::clone(metadata));
        }
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = answer(client.get(url), "its discovery document").await?;
        // Another issuer's document, at this address, would make its tokens this one's.
        if metadata.issuer != self.issuer {
            return Err(SignOnFailure::Provider("its discovery document names another issuer".to_owned()));
        }
        let secure = self.issuer.starts_with("https:");
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        if secure
            && endpoints
                .into_iter()
                .chain(&metadata.userinfo_endpoint)
                .chain(&metadata.end_session_endpoint)
                .any(|endpoint| !endpoint.starts_with("https:"))
        {
            return Err(SignOnFailure::Provider("one of its addresses is not https".to_owned()));
        }
        let metadata = Arc::new(metadata);
        *kept = Some((Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }

    /// The keys, with this one among them if the provider has it.
    pub(super) async fn keys(
        &self,
        client: &reqwest::Client,
        wanted: Option<&str>,
    ) -> Result<Arc<JwkSet>, SignOnFailure> {
        let metadata = self.metadata(client).await?;
        let mut kept = self.keys.lock().await;
        if let Some((asked, keys)) = &*kept {
            let has = wanted.is_none_or(|wanted| keys.find(wanted).is_some());
            let limit = if has { KEPT_FOR } else { ASKED_AGAIN_AFTER };
            if asked.elapsed() < limit {
                return Ok(Arc::clone(keys));
            }
        }
        let keys: JwkSet = answer(client.get(&metadata.jwks_uri), "its keys").await?;
        let keys = Arc::new(keys);
        *kept = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }
}

/// The JSON of an answer, if it is 200 and not too large.
pub(super) async fn answer<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
    what: &str,
) -> Result<T, SignOnFailure> {
    let failed = |why: String| SignOnFailure::Provider(format!("{what}: {why}"));
    let mut response = request.send().await.map_err(|error| failed(error.without_url().to_string()))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(failed(format!("answered {}", response.status())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(error.without_url().to_string()))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_MAX {
            return Err(failed("too large".to_owned()));
        }
    }
    // Not the error itself, which may quote a token.
    serde_json::from_slice(&body).map_err(|_| failed("not the JSON that was expected".to_owned()))
}
