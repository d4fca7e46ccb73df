//! Signing in with a provider of single sign-on (OpenID Connect).

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::web::{Data, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use clockwork_core::access::Role;
use clockwork_core::accounts::one_time_tokens::{self, Purpose};
use clockwork_core::accounts::setup;
use clockwork_core::accounts::sign_on::{self, Identity, Policy, SignOnBrowser};
use clockwork_core::values::secret_token::{SecretToken, TokenDigest};
use clockwork_core::values::{DisplayName, EmailAddress};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::with_session;
use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Anyone, JsonBody, Now, Sender};
use crate::sign_on::{Asked, Claims, Provider, SignOnFailure};
use crate::site::{CookieName, Site};
use crate::state::AppState;

/// So long a user may take at the provider.
const AWAY: Duration = Duration::from_secs(10 * 60);

/// Largest logout request, in bytes.
const LOGOUT_MAX: usize = 32 * 1024;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(begin_sign_on, __path_begin_sign_on)
        .operation(finish_sign_on, __path_finish_sign_on)
        .operation(provider_logout, __path_provider_logout);
}

/// With which provider to sign in, and where to go afterwards.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BeginSignOn {
    /// The name of a provider, from `GET /api/auth/session`.
    #[schema(required, value_type = String, min_length = 1, max_length = 64)]
    provider: Option<String>,
    /// A path of the page, such as `/reports`; `/` when absent.
    #[schema(max_length = 2048)]
    return_to: Option<String>,
    /// The token for setting up, where the user becomes the first administrator.
    #[schema(max_length = 128)]
    setup_token: Option<String>,
}

/// Where the browser has to go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignOnDeparture)]
pub struct DepartureView {
    /// The address of the provider's page.
    location: String,
}

impl DepartureView {
    /// Where a user signs out at the provider that vouched for the session; `None` if there is no such page, or the
    /// provider cannot be reached: the session here has ended all the same.
    pub(super) async fn of_sign_out(state: &AppState, site: &Site, provider: &str) -> Option<Self> {
        let provider = state.providers.find(provider)?;
        match provider.sign_out(&site.link("/sign-in")?).await {
            Ok(departure) => Some(Self { location: departure?.location }),
            Err(error) => {
                tracing::warn!(%error, provider = provider.config.name.as_str(), "sign-out at the provider is not possible");
                None
            }
        }
    }
}

/// What a provider sends back with the browser.
#[derive(Debug, Default)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl Answer {
    /// Reads the query. Providers add parameters of their own; one that is there twice says nothing.
    fn of(query: &str) -> Self {
        let mut answer = Self::default();
        let mut seen = std::collections::BTreeSet::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "state" => &mut answer.state,
                "code" => &mut answer.code,
                "iss" => &mut answer.iss,
                "error" => &mut answer.error,
                _ => continue,
            };
            let is_first = seen.insert(name.into_owned());
            *field = is_first.then(|| value.into_owned());
        }
        answer
    }
}

/// The name of the provider in the path.
#[derive(Debug)]
pub(crate) struct ProviderName(String);

impl FromRequest for ProviderName {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        ready(Ok(Self(req.match_info().get("provider").unwrap_or_default().to_owned())))
    }
}

impl Describe for ProviderName {
    fn describe(operation: &mut Description) {
        operation.path_text("provider", "the name of a provider");
    }
}

/// A path of this site, and never another one: what begins with two slashes, or a backslash, is an address elsewhere to
/// a browser.
fn own_path(text: &str) -> Option<String> {
    let plain = text.starts_with('/') && !text.contains("//") && !text.contains('\\');
    (plain && text.chars().all(|c| !c.is_control() && !c.is_whitespace())).then(|| text.to_owned())
}

fn provider<'s>(state: &'s AppState, name: &str) -> ApiResult<&'s Arc<Provider>> {
    state.providers.find(name).ok_or_else(|| ApiError::not_found("provider"))
}

fn redirect_uri(site: &Site, provider: &str) -> ApiResult<String> {
    let uri = site.link(&format!("/api/auth/sign-on/{provider}/callback"));
    uri.ok_or_else(|| ApiError::internal(anyhow::anyhow!("PUBLIC_URL is not set")))
}

fn failed(failure: &SignOnFailure) -> ApiError {
    tracing::warn!(error = %failure, "sign-on failed");
    ApiError::new(ErrorCode::SignOnFailed, "signing in with the provider failed; try again")
}

/// Begins to sign in with a provider.
#[utoipa::path(
    post,
    path = "/auth/sign-on",
    tag = "auth",
    request_body = BeginSignOn,
    responses(
        (status = 200, body = DepartureView),
        (status = 400, description = "invalid_provider, invalid_path, invalid_token"),
        (status = 403, description = "token_refused"),
        (status = 404, description = "not_found"),
        (status = 409, description = "accounts_disabled, already_set_up"),
        (status = 502, description = "sign_on_failed"),
    )
)]
pub(crate) async fn begin_sign_on(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<BeginSignOn>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let name = fields.provider("provider", body.provider.as_deref());
    let return_to = match body.return_to.as_deref() {
        None => Some("/".to_owned()),
        Some(text) => own_path(text).or_else(|| {
            let error = FieldError::format("returnTo", "path", "must be a path of this site, such as /reports");
            fields.refuse(ErrorCode::InvalidPath, error);
            None
        }),
    };
    let setup_token = body.setup_token.as_deref().map(|token| fields.token("setupToken", Some(token)));
    let (name, return_to) = fields.done(name.zip(return_to))?;
    state.accounts()?;
    let (provider, site) = (provider(&state, &name)?, Site::of(sender.request())?);
    let [nonce, verifier, browser] = [(); 3].map(|()| SecretToken::generate());
    let sets_up = setup_token.flatten();
    let state_token = {
        let mut conn = state.db.conn().await?;
        if let Some(token) = &sets_up {
            setup::check(&mut conn, token, now).await?;
        }
        let payload = json!({
            "provider": name, "nonce": nonce.reveal(), "verifier": verifier.reveal(), "returnTo": return_to,
            "browser": hex::encode(browser.digest().as_bytes()), "setsUp": sets_up.is_some(),
        });
        one_time_tokens::issue(&mut conn, Purpose::SignOn, None, payload, now).await?
    };
    let redirect_uri = redirect_uri(site, &name)?;
    let asked = Asked {
        state: state_token.reveal(),
        nonce: nonce.reveal(),
        verifier: verifier.reveal(),
        redirect_uri: &redirect_uri,
    };
    let departure = provider.departure(&asked).await.map_err(|failure| failed(&failure))?;
    let cookie = site.set_cookie(sender.request(), CookieName::SignOn, &browser, AWAY)?;
    Ok(HttpResponse::Ok().insert_header((SET_COOKIE, cookie)).json(DepartureView { location: departure.location }))
}

/// Where a provider leads the browser back to. It ends at the page, signed in or with the code of an error.
#[utoipa::path(
    get,
    path = "/auth/sign-on/{provider}/callback",
    tag = "auth",
    responses((status = 303, description = "to the page"))
)]
pub(crate) async fn finish_sign_on(
    _: Anyone,
    ProviderName(name): ProviderName,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let site = Site::of(sender.request())?;
    let answer = Answer::of(sender.request().query_string());
    let outcome = come_back(&name, &answer, &sender, &state, now).await;
    let (mut response, path) = match outcome {
        Ok((response, path)) => (response, path),
        Err(error) => {
            let path = format!("/sign-in?error={}", error.code());
            (HttpResponse::SeeOther(), path)
        }
    };
    response.append_header((SET_COOKIE, site.forget_cookie(sender.request(), CookieName::SignOn)?));
    Ok(response.insert_header((LOCATION, site.path(&path))).finish())
}

async fn come_back(
    name: &str,
    answer: &Answer,
    sender: &Sender,
    state: &AppState,
    now: chrono::DateTime<chrono::Utc>,
) -> ApiResult<(HttpResponseBuilder, String)> {
    state.accounts()?;
    let provider = provider(state, name)?;
    let refused = |why| failed(&SignOnFailure::Refused(why));
    let state_token = answer.state.as_deref().ok_or_else(|| refused("it has no state"))?;
    let redeemed = {
        let mut conn = state.db.conn().await?;
        one_time_tokens::redeem(&mut conn, Purpose::SignOn, state_token, now).await?
    };
    let payload = redeemed.map(|redeemed| redeemed.payload).ok_or_else(|| refused("its state is not known"))?;
    let text = |field: &str| payload.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    // Another provider's answer, or another browser's, must not be taken for this one's.
    if text("provider") != name {
        return Err(refused("its state is another provider's"));
    }
    let browser = sender.cookie(CookieName::SignOn).map(|secret| hex::encode(TokenDigest::of(&secret).as_bytes()));
    if browser.as_deref() != Some(text("browser").as_str()) {
        return Err(refused("another browser began"));
    }
    provider.check_issuer(answer.iss.as_deref()).await.map_err(|failure| failed(&failure))?;
    match answer.error.as_deref() {
        None => {}
        // RFC 6749, 4.1.2.1: the user or the provider said no, which is no failure.
        Some("access_denied") => {
            return Err(ApiError::new(ErrorCode::SignOnDenied, "the provider did not sign the user in"));
        }
        Some(_) => return Err(refused("the provider answered with an error")),
    }
    let code = answer.code.as_deref().ok_or_else(|| refused("it has no code"))?;
    let (nonce, verifier) = (text("nonce"), text("verifier"));
    let redirect_uri = redirect_uri(Site::of(sender.request())?, name)?;
    let asked = Asked { state: state_token, nonce: &nonce, verifier: &verifier, redirect_uri: &redirect_uri };
    let claims = provider.identity(code, &asked, now).await.map_err(|failure| failed(&failure))?;
    let identity = identity(provider, &claims).ok_or_else(|| refused("it names no user"))?;
    let policy = Policy { allowed_domains: &provider.config.allowed_domains, auto_join: provider.config.auto_join };
    let (session, mark) = (sender.cookie(CookieName::Session), sender.cookie(CookieName::Device));
    let from = SignOnBrowser { device: sender.device(), device_mark: mark.as_deref(), session: session.as_deref() };
    let sets_up = payload.get("setsUp") == Some(&Value::Bool(true));
    let mut conn = state.db.conn().await?;
    let limits = state.credentials.limits();
    let signed_in = sign_on::sign_in(&mut conn, &identity, policy, sets_up, from, limits, now).await?;
    state.credentials.forget();
    let mark = signed_in.device_mark.as_ref();
    let status = actix_web::http::StatusCode::SEE_OTHER;
    let response = with_session(state, sender, status, &signed_in.session, mark)?;
    // Checked before the user left, and once more: the path comes from the database.
    Ok((response, own_path(&text("returnTo")).unwrap_or_else(|| "/".to_owned())))
}

fn identity<'a>(provider: &'a Provider, claims: &'a Claims) -> Option<Identity<'a>> {
    let subject = claims.sub.as_deref().filter(|subject| (1..=255).contains(&subject.len()))?;
    let email = claims.email.as_deref().filter(|_| claims.email_is_verified());
    // Only where a mapping is configured and the claim was sent: else the provider says nothing of roles.
    let role = provider.config.roles.as_ref().and_then(|(claim, map)| {
        let sent = claims.texts(claim)?;
        let mapped = map.iter().filter(|(value, _)| sent.contains(&value.as_str()));
        let roles = mapped.filter_map(|(_, role)| Role::parse(role));
        Some(roles.max().unwrap_or(Role::Member))
    });
    Some(Identity {
        provider: &provider.config.name,
        subject,
        session: claims.sid.as_deref().filter(|sid| (1..=255).contains(&sid.len())),
        verified_email: email.and_then(|email| EmailAddress::parse(email).ok()),
        name: claims.name.as_deref().and_then(|name| DisplayName::parse(name).ok()),
        role,
    })
}

/// Ends the sessions of a user whom a provider has signed out (back-channel logout).
#[utoipa::path(
    post,
    path = "/auth/sign-on/{provider}/logout",
    tag = "auth",
    responses(
        (status = 200),
        (status = 400, description = "invalid_token"),
        (status = 404, description = "not_found"),
        (status = 409, description = "accounts_disabled"),
        (status = 502, description = "sign_on_failed"),
    )
)]
pub(crate) async fn provider_logout(
    _: Anyone,
    ProviderName(name): ProviderName,
    state: Data<AppState>,
    Now(now): Now,
    mut body: Payload,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let provider = provider(&state, &name)?;
    let invalid = || ApiError::new(ErrorCode::InvalidToken, "the body has no logout token that is valid");
    let mut form = Vec::new();
    while let Some(chunk) = body.next().await {
        form.extend_from_slice(&chunk.map_err(|_| invalid())?);
        if form.len() > LOGOUT_MAX {
            return Err(invalid());
        }
    }
    let token = url::form_urlencoded::parse(&form).find(|(field, _)| field == "logout_token");
    let (_, token) = token.ok_or_else(invalid)?;
    let claims = provider.logout(&token, now).await.map_err(|failure| match failure {
        SignOnFailure::Refused(_) => {
            tracing::warn!(error = %failure, "logout token refused");
            invalid()
        }
        SignOnFailure::Provider(_) => failed(&failure),
    })?;
    let mut conn = state.db.conn().await?;
    let (sub, sid) = (claims.sub.as_deref(), claims.sid.as_deref());
    clockwork_core::accounts::sessions::end_of_provider(&mut conn, &provider.config.name, sub, sid).await?;
    state.credentials.forget();
    Ok(HttpResponse::Ok().finish())
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn no_path_leads_elsewhere() {
        for own in ["/", "/reports", "/reports?from=2026-01-01#top", "/a/b"] {
            assert_eq!(own_path(own).as_deref(), Some(own));
        }
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "evil.example",
            "/a//evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x=y",
            " /",
            "/ /x",
            "/%\u{a0}",
        ] {
            assert_eq!(own_path(elsewhere), None, "{elsewhere:?}");
        }
    }
}
