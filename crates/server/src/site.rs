//! The site that a server is for its browsers: its address, its proxies, and the cookies that it sets there.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use clockwork_core::config::Config;
use clockwork_core::values::secret_token::SecretToken;
use url::Url;

use crate::client_address::Proxies;
use crate::error::{ApiError, ApiResult};

/// A browser that has signed in is known for so long.
pub(crate) const DEVICE_AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The cookies of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookieName {
    /// The session.
    Session,
    /// The mark of a browser in which a user has signed in.
    Device,
    /// Which browser began to sign in with a provider.
    SignOn,
}

impl CookieName {
    /// With https, the prefix makes browsers refuse a cookie of this name that another host of the domain, or a page
    /// without https, tries to plant.
    fn as_str(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-clockwork",
            (Self::Session, false) => "clockwork",
            (Self::Device, true) => "__Host-clockwork-device",
            (Self::Device, false) => "clockwork-device",
            (Self::SignOn, true) => "__Host-clockwork-sign-on",
            (Self::SignOn, false) => "clockwork-sign-on",
        }
    }
}

/// What the configuration says about the site.
#[derive(Debug)]
pub(crate) struct Site {
    public_url: Option<Url>,
    base_path: String,
    proxies: Proxies,
}

impl Site {
    /// What the configuration says.
    #[must_use]
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            public_url: config.http.public_url.clone(),
            base_path: config.http.base_path.as_str().to_owned(),
            proxies: Proxies::new(&config.http),
        }
    }

    /// That of a request.
    pub(crate) fn of(req: &HttpRequest) -> ApiResult<&Self> {
        let site = req.app_data::<Data<Self>>().map(|site| site.as_ref());
        site.ok_or_else(|| ApiError::internal(anyhow::anyhow!("the application was built without its site")))
    }

    /// Whether the browser came by https: `PUBLIC_URL` says so, or a trusted proxy.
    pub(crate) fn is_secure(&self, req: &HttpRequest) -> bool {
        match &self.public_url {
            Some(url) => url.scheme() == "https",
            None => self.proxies.say_https(req),
        }
    }

    /// Whether the connection comes from a trusted proxy.
    pub(crate) fn trusts_peer(&self, req: &HttpRequest) -> bool {
        self.proxies.trust_peer(req)
    }

    /// `PUBLIC_URL` with the path below which the server is published.
    pub(crate) fn public_url(&self) -> Option<String> {
        self.link("")
    }

    /// The address of the caller.
    pub(crate) fn address(&self, req: &HttpRequest) -> Option<IpAddr> {
        self.proxies.caller(req)
    }

    /// The address of a page, such as `/reset?token=…`, for a mail or a provider. Only from `PUBLIC_URL`: the host
    /// that a request names is the sender's choice. `None` when it is not set.
    pub(crate) fn link(&self, path: &str) -> Option<String> {
        let origin = self.public_url.as_ref()?.origin().ascii_serialization();
        Some(format!("{origin}{}{path}", self.base_path))
    }

    /// A path as a browser has to ask for it.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// The secret of the session that the browser sent.
    pub(crate) fn session_cookie(&self, req: &HttpRequest) -> Option<String> {
        self.read(req, CookieName::Session)
    }

    /// A cookie of the request. Over https the names without the prefix mean nothing.
    pub(crate) fn read(&self, req: &HttpRequest, name: CookieName) -> Option<String> {
        let wanted = name.as_str(self.is_secure(req));
        let lines = req.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let value = pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value);
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// A `Set-Cookie` with a secret, which the browser keeps for so long.
    pub(crate) fn set_cookie(
        &self,
        req: &HttpRequest,
        name: CookieName,
        secret: &SecretToken,
        age: Duration,
    ) -> ApiResult<HeaderValue> {
        self.build(req, name, secret.reveal(), age)
    }

    /// A `Set-Cookie` that makes the browser forget a cookie.
    pub(crate) fn forget_cookie(&self, req: &HttpRequest, name: CookieName) -> ApiResult<HeaderValue> {
        self.build(req, name, "", Duration::ZERO)
    }

    fn build(&self, req: &HttpRequest, name: CookieName, value: &str, age: Duration) -> ApiResult<HeaderValue> {
        let secure = self.is_secure(req);
        let (name, age, flag) = (name.as_str(secure), age.as_secs(), if secure { "; Secure" } else { "" });
        // `Lax`: a link from elsewhere opens the page signed in, and another site's form or script changes nothing.
        let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly{flag}; SameSite=Lax");
        let mut header = HeaderValue::try_from(text).map_err(ApiError::internal)?;
        header.set_sensitive(true);
        Ok(header)
    }
}
