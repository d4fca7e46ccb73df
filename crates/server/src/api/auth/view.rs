//! Who is signed in, as every operation of signing in shows it.

use chrono::{DateTime, Utc};
use clockwork_core::accounts::profile::{self, SignInProfile};
use clockwork_core::accounts::sessions::RECENT;
use clockwork_core::values::ids::UserId;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiResult;
use crate::state::AppState;

/// How users sign in here, and who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthSession)]
pub struct SessionView {
    /// `none` or `accounts`.
    auth_mode: String,
    /// Whether the installation waits for its first administrator: every page leads to set-up.
    setup_needed: bool,
    /// Whether users may sign in with a password.
    passwords: bool,
    /// The providers with which users may sign in.
    providers: Vec<ProviderView>,
    /// Whether the server can send mail. If not, links are shown to the user who makes them.
    mail: bool,
    /// The user who is signed in; null without a session.
    #[schema(required)]
    user: Option<SignedInUserView>,
}

/// A provider of single sign-on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignOnProvider)]
pub struct ProviderView {
    /// Its name, for `POST /api/auth/sign-on`.
    name: String,
    /// What the button says.
    label: String,
}

/// A user who has signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignedInUser)]
pub struct SignedInUserView {
    id: Uuid,
    name: String,
    /// Null when there is none.
    #[schema(required)]
    email: Option<String>,
    /// Whether mail to the address arrives, as far as the server knows.
    email_verified: bool,
    /// Whether the user runs the installation.
    administrator: bool,
    /// Whether the user has a password; without one, the user signs in with a provider.
    has_password: bool,
    /// Whether a second factor is asked for.
    second_factor: bool,
    /// How many recovery codes are left.
    recovery_codes_left: i64,
    /// When the user last showed a password or another proof.
    signed_in_at: DateTime<Utc>,
    /// Until when sensitive changes are allowed without another proof.
    recent_until: DateTime<Utc>,
    /// When the account is deleted, unless the user undoes it; null when its deletion was not requested.
    #[schema(required)]
    deletion_due_at: Option<DateTime<Utc>>,
}

impl SignedInUserView {
    fn new(profile: SignInProfile, signed_in_at: DateTime<Utc>) -> Self {
        Self {
            id: profile.id.into(),
            name: profile.name,
            email: profile.email,
            email_verified: profile.email_verified,
            administrator: profile.administrator,
            has_password: profile.has_password,
            second_factor: profile.second_factor,
            recovery_codes_left: profile.recovery_codes_left,
            signed_in_at,
            recent_until: signed_in_at + RECENT,
            deletion_due_at: profile.deletion_due_at,
        }
    }
}

/// The view for a user who signed in at an instant, or for a visitor without a session.
pub(super) async fn show(
    state: &AppState,
    conn: &mut AsyncPgConnection,
    user: Option<(UserId, DateTime<Utc>)>,
) -> ApiResult<SessionView> {
    let user = match user {
        Some((id, at)) => Some(SignedInUserView::new(profile::of(conn, id).await?, at)),
        None => None,
    };
    Ok(SessionView {
        auth_mode: state.auth.mode.as_str().to_owned(),
        setup_needed: user.is_none() && state.setup_needed(conn).await?,
        passwords: state.auth.passwords,
        providers: state
            .providers
            .iter()
            .map(|provider| ProviderView { name: provider.config.name.clone(), label: provider.config.label.clone() })
            .collect(),
        mail: state.mail_is_set_up(),
        user,
    })
}
