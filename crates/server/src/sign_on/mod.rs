//! Single sign-on by OpenID Connect: the protocol. Which account an identity belongs to is a rule of core.
//!
//! Code flow with PKCE, `state` and `nonce`. Nothing of a token is believed before its signature, and the algorithm
//! comes from a list here, never from the token.

mod discovery;
mod ring_provider;
mod token;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use clockwork_core::config::OidcProvider;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use discovery::Discovery;
pub(crate) use token::Claims;

/// So long a provider may take for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer of a provider, in bytes.
const ANSWER_MAX: usize = 256 * 1024;

/// Why signing in with a provider failed. The words are for the log; the browser is told that it failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignOnFailure {
    /// The provider cannot be reached, or answers nonsense.
    #[error("the provider cannot be used: {0}")]
    Provider(String),
    /// What came back is not for this request, or not from this provider.
    #[error("the answer is refused: {0}")]
    Refused(&'static str),
}

/// The providers of a server.
#[derive(Debug, Default)]
pub(crate) struct Providers(Vec<Arc<Provider>>);

/// A provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) config: OidcProvider,
    discovery: Discovery,
    client: reqwest::Client,
}

/// What leads a browser to a provider.
pub(crate) struct Departure {
    /// The address of the provider's page.
    pub(crate) location: String,
}

/// What is asked of a provider, so that its answer can be held against it.
pub(crate) struct Asked<'a> {
    pub(crate) state: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) verifier: &'a str,
    pub(crate) redirect_uri: &'a str,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

impl Providers {
    /// Those of the configuration. Nothing is asked of them before a user signs in.
    ///
    /// # Errors
    /// When there can be no client of HTTP.
    pub(crate) fn new(providers: &[OidcProvider]) -> reqwest::Result<Self> {
        if providers.is_empty() {
            return Ok(Self::default());
        }
        ring_provider::install();
        let _ = rustls::crypto::ring::default_provider().install_default();
        // No redirects: an address of a provider leads to the provider.
        let client =
            reqwest::Client::builder().timeout(ANSWER_TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let provider = |config: &OidcProvider| {
            let discovery = Discovery::new(&config.issuer);
            Arc::new(Provider { config: config.clone(), discovery, client: client.clone() })
        };
        Ok(Self(providers.iter().map(provider).collect()))
    }

    /// The provider of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Provider>> {
        self.0.iter().find(|provider| provider.config.name == name)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl Provider {
    /// Where the browser goes.
    pub(crate) async fn departure(&self, asked: &Asked<'_>) -> Result<Departure, SignOnFailure> {
        let metadata = self.discovery.metadata(&self.client).await?;
        let mut url = Url::parse(&metadata.authorization_endpoint)
            .map_err(|_| SignOnFailure::Provider("its authorization endpoint is no address".to_owned()))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("scope", &self.config.scopes)
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Departure { location: url.into() })
    }

    /// Where the browser goes to sign out there as well (OpenID Connect RP-Initiated Logout 1.0); `None` if the
    /// provider has no such page. The identity token is not kept, so the provider may ask its user.
    pub(crate) async fn sign_out(&self, come_back: &str) -> Result<Option<Departure>, SignOnFailure> {
        let metadata = self.discovery.metadata(&self.client).await?;
        let Some(endpoint) = &metadata.end_session_endpoint else { return Ok(None) };
        let mut url = Url::parse(endpoint)
            .map_err(|_| SignOnFailure::Provider("its end session endpoint is no address".to_owned()))?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.config.client_id)
            .append_pair("post_logout_redirect_uri", come_back);
        Ok(Some(Departure { location: url.into() }))
    }

    /// Whether an answer may be this provider's: by the issuer that it names (RFC 9207). A provider that says that it
    /// names itself must.
    pub(crate) async fn check_issuer(&self, named: Option<&str>) -> Result<(), SignOnFailure> {
        let metadata = self.discovery.metadata(&self.client).await?;
        match named {
            Some(named) if named == self.config.issuer => Ok(()),
            Some(_) => Err(SignOnFailure::Refused("it names another issuer")),
            None if metadata.authorization_response_iss_parameter_supported => {
                Err(SignOnFailure::Refused("it names no issuer, and the provider always does"))
            }
            None => Ok(()),
        }
    }

    /// Takes the code to the provider; the claims of its identity token, and of its userinfo endpoint if the token says
    /// too little.
    pub(crate) async fn identity(
        &self,
        code: &str,
        asked: &Asked<'_>,
        now: DateTime<Utc>,
    ) -> Result<Claims, SignOnFailure> {
        let metadata = self.discovery.metadata(&self.client).await?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", asked.redirect_uri),
            ("code_verifier", asked.verifier),
            ("client_id", self.config.client_id.as_str()),
        ];
        let mut request = self.client.post(&metadata.token_endpoint).header("Accept", "application/json");
        match &self.config.client_secret {
            Some(secret) if metadata.takes_basic() => {
                // RFC 6749, 2.3.1: both are encoded before they are put together.
                let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let (id, secret) = (encoded(&self.config.client_id), encoded(secret.reveal()));
                request = request.basic_auth(id, Some(secret));
            }
            Some(secret) => form.push(("client_secret", secret.reveal().as_str())),
            None => {}
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        let answer: TokenAnswer = discovery::answer(request, "its token endpoint").await?;
        let mut claims = self.verified(&answer.id_token, now).await?;
        if claims.nonce.as_deref() != Some(asked.nonce) {
            return Err(SignOnFailure::Refused("the token is for another request (nonce)"));
        }
        let role_claim = self.config.roles.as_ref().map(|(claim, _)| claim.as_str());
        if claims.lacks(role_claim)
            && let (Some(endpoint), Some(access_token)) = (&metadata.userinfo_endpoint, &answer.access_token)
        {
            let request = self.client.get(endpoint).bearer_auth(access_token).header("Accept", "application/json");
            claims.complete(discovery::answer(request, "its userinfo endpoint").await?)?;
        }
        Ok(claims)
    }

    /// The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6).
    pub(crate) async fn logout(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, SignOnFailure> {
        const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
        let claims = self.verified(token, now).await?;
        let is_logout = claims.events.as_ref().is_some_and(|events| events.get(EVENT).is_some());
        if !is_logout || claims.nonce.is_some() {
            return Err(SignOnFailure::Refused("the token is no logout token"));
        }
        if claims.sub.is_none() && claims.sid.is_none() {
            return Err(SignOnFailure::Refused("the logout token names neither a user nor a session"));
        }
        Ok(claims)
    }

    async fn verified(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, SignOnFailure> {
        let key = token::key_id(token)?;
        let keys = self.discovery.keys(&self.client, key.as_deref()).await?;
        token::verify(token, &keys, &self.config.issuer, &self.config.client_id, now)
    }
}
