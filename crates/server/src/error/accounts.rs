//! From the errors of accounts to codes, statuses and words.

use clockwork_core::accounts::addresses::AddressRejection;
use clockwork_core::accounts::administration::{AdministrationRejection, JobRejection};
use clockwork_core::accounts::api_tokens::{TOKENS_MAX, TokenRejection};
use clockwork_core::accounts::attempts::AttemptError;
use clockwork_core::accounts::data_export::ExportRejection;
use clockwork_core::accounts::deletion::DeletionRejection;
use clockwork_core::accounts::password_changes::PasswordChangeError;
use clockwork_core::accounts::passwords::{HashingBusy, PASSWORD_MAX, PASSWORD_MIN, PasswordRejected};
use clockwork_core::accounts::second_factor::SecondFactorRejection;
use clockwork_core::accounts::setup::SetupRejection;
use clockwork_core::accounts::sign_in::SignInError;
use clockwork_core::accounts::sign_on::SignOnRejection;
use clockwork_core::accounts::sign_up::SignUpError;

use super::{ApiError, ErrorCode, FieldError, Limits};

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            // The same sentence whatever is wrong: it must not tell which addresses have accounts.
            SignInError::Wrong => Self::new(ErrorCode::WrongCredentials, "the address or the password is wrong"),
            SignInError::CodeNeeded => {
                Self::new(ErrorCode::CodeRequired, "enter a code of your authenticator app, or a recovery code")
            }
            SignInError::WrongCode => Self::new(ErrorCode::WrongCode, "the code is wrong, or was used before"),
            SignInError::Wait(wait) => Self::too_many_attempts(wait.num_seconds() + 1),
            SignInError::Busy(busy) => busy.into(),
            SignInError::Connection(error) => error.into(),
            SignInError::Database(error) => error.into(),
        }
    }
}

impl From<HashingBusy> for ApiError {
    fn from(_: HashingBusy) -> Self {
        Self::new(ErrorCode::SignInBusy, "too many users sign in at the moment; try again shortly")
    }
}

impl From<AttemptError> for ApiError {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Wait(wait) => Self::too_many_attempts(wait.num_seconds() + 1),
            AttemptError::Database(error) => error.into(),
        }
    }
}

/// The field of a password that is not taken.
pub(crate) fn password_field(field: &str, rejected: PasswordRejected) -> FieldError {
    let error = |code| FieldError::new(field, code, rejected.to_string());
    match rejected {
        PasswordRejected::TooShort(found) => {
            let min = i64::try_from(PASSWORD_MIN).ok();
            error("too_short").limited(Limits { min, ..Limits::default() }).found_number(found)
        }
        PasswordRejected::TooLong(found) => {
            FieldError::too_long(field, PASSWORD_MAX, rejected.to_string()).found_number(found)
        }
        PasswordRejected::ControlCharacter(character) => {
            error("control_characters").found(&format!("U+{character:04X}"))
        }
        PasswordRejected::Common => error("common"),
        PasswordRejected::Address => error("like_address"),
    }
}

impl From<PasswordChangeError> for ApiError {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::Rejected(rejected) => {
                Self::field(ErrorCode::InvalidPassword, password_field("password", rejected))
            }
            PasswordChangeError::NoAddress => Self::new(ErrorCode::NoEmail, "the account has no e-mail address"),
            PasswordChangeError::SignsInElsewhere => {
                Self::new(ErrorCode::SignsInElsewhere, "the account signs in with a provider, and has no password here")
            }
            PasswordChangeError::InvalidToken => token_refused(),
            PasswordChangeError::Busy(busy) => busy.into(),
            PasswordChangeError::Connection(error) => error.into(),
            PasswordChangeError::Database(error) => error.into(),
        }
    }
}

pub(super) fn token_refused() -> ApiError {
    ApiError::new(ErrorCode::TokenRefused, "the link is not valid any more; ask for a new one")
}

impl From<SetupRejection> for ApiError {
    fn from(rejection: SetupRejection) -> Self {
        match rejection {
            SetupRejection::Done => Self::new(ErrorCode::AlreadySetUp, "this installation is set up; sign in"),
            SetupRejection::InvalidToken => Self::new(
                ErrorCode::TokenRefused,
                "the token is not valid; the server's log shows it at the start, `server setup-token` makes another one",
            ),
            SetupRejection::AddressTaken => email_taken(),
        }
    }
}

fn email_taken() -> ApiError {
    ApiError::new(ErrorCode::EmailTaken, "another user has this e-mail address")
}

impl From<SignUpError> for ApiError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::InvalidToken => token_refused(),
            SignUpError::AddressTaken => email_taken(),
            SignUpError::Rejected(rejected) => {
                Self::field(ErrorCode::InvalidPassword, password_field("password", rejected))
            }
            SignUpError::Attempt(error) => error.into(),
            SignUpError::Busy(busy) => busy.into(),
            SignUpError::Connection(error) => error.into(),
            SignUpError::Database(error) => error.into(),
        }
    }
}

impl From<AddressRejection> for ApiError {
    fn from(rejection: AddressRejection) -> Self {
        match rejection {
            AddressRejection::InvalidToken => token_refused(),
            AddressRejection::Taken => email_taken(),
        }
    }
}

impl From<DeletionRejection> for ApiError {
    fn from(rejection: DeletionRejection) -> Self {
        match rejection {
            DeletionRejection::LastOwner => {
                let message = "you are the last owner of a workspace; make another member an owner first";
                Self::new(ErrorCode::LastOwner, message)
            }
            DeletionRejection::LastAdministrator => {
                let message = "you are the last administrator of the installation; make another user one first";
                Self::new(ErrorCode::LastAdministrator, message)
            }
        }
    }
}

impl ApiError {
    /// The caller was an administrator when the request came, and is none when the rule looks.
    pub(super) fn administrator_no_longer() -> Self {
        Self::new(ErrorCode::AdministratorRequired, "you are no administrator of the installation any more")
    }

    /// Mail is to go to the caller, whose account has no address.
    pub(crate) fn own_address_missing() -> Self {
        Self::new(ErrorCode::NoEmail, "your account has no address that mail can be sent to")
    }

    /// The operation needs a mail server.
    pub(crate) fn mail_not_set_up() -> Self {
        Self::new(ErrorCode::MailNotSetUp, "the server cannot send mail: SMTP_URL is not set")
    }
}

impl From<AdministrationRejection> for ApiError {
    fn from(rejection: AdministrationRejection) -> Self {
        match rejection {
            AdministrationRejection::NotAdministrator => Self::administrator_no_longer(),
            AdministrationRejection::OwnAccount => {
                Self::new(ErrorCode::OwnAccount, "you cannot disable your own account; another administrator can")
            }
            AdministrationRejection::LastAdministrator => {
                let message = "you are the last administrator of the installation; make another user one first";
                Self::new(ErrorCode::LastAdministrator, message)
            }
            AdministrationRejection::Disabled => {
                Self::new(ErrorCode::AccountDisabled, "the account is disabled; enable it first")
            }
            AdministrationRejection::NoAddress => Self::new(ErrorCode::NoEmail, "the account has no address"),
            AdministrationRejection::SignsInElsewhere => {
                Self::new(ErrorCode::SignsInElsewhere, "the account signs in with a provider, and has no password")
            }
        }
    }
}

impl From<JobRejection> for ApiError {
    fn from(rejection: JobRejection) -> Self {
        match rejection {}
    }
}

impl From<ExportRejection> for ApiError {
    fn from(rejection: ExportRejection) -> Self {
        match rejection {
            ExportRejection::TooSoon(wait) => {
                let message = "an archive was requested within the last day; request the next one later";
                let seconds = u64::try_from(wait.num_seconds() + 1).unwrap_or(1);
                Self { retry_after: Some(seconds), ..Self::new(ErrorCode::RateLimited, message) }
            }
            ExportRejection::NotReady => Self::new(ErrorCode::ExportNotReady, "the archive is not ready"),
            ExportRejection::Expired => {
                Self::new(ErrorCode::ExportExpired, "the archive has expired; request another one")
            }
        }
    }
}

impl From<TokenRejection> for ApiError {
    fn from(rejection: TokenRejection) -> Self {
        match rejection {
            TokenRejection::TooMany => {
                let message = format!("you have {TOKENS_MAX} tokens; delete one first");
                Self::new(ErrorCode::TooManyTokens, message)
            }
            TokenRejection::WorkspaceNotFound => Self::field(
                ErrorCode::InvalidWorkspace,
                FieldError::new("workspaceId", "not_found", "names no workspace of yours"),
            ),
            TokenRejection::Ended => Self::field(
                ErrorCode::InvalidTime,
                FieldError::new("expiresAt", "out_of_range", "must lie in the future"),
            ),
        }
    }
}

impl From<SecondFactorRejection> for ApiError {
    fn from(rejection: SecondFactorRejection) -> Self {
        match rejection {
            SecondFactorRejection::Exists => {
                Self::new(ErrorCode::SecondFactorExists, "you have a second factor already; remove it first")
            }
            SecondFactorRejection::Missing => Self::new(ErrorCode::NoSecondFactor, "you have no second factor"),
            SecondFactorRejection::WrongCode => Self::field(
                ErrorCode::InvalidCode,
                FieldError::new("code", "wrong_code", "is not the code that the app shows now"),
            ),
        }
    }
}

impl From<SignOnRejection> for ApiError {
    fn from(rejection: SignOnRejection) -> Self {
        match rejection {
            SignOnRejection::NoAccount => {
                Self::new(ErrorCode::SignOnNoAccount, "you have no account here; ask an administrator to invite you")
            }
            SignOnRejection::NotLinked => Self::new(
                ErrorCode::SignOnNotLinked,
                "your account here cannot be linked: its address must be verified here and at the provider",
            ),
            SignOnRejection::Domain => Self::new(ErrorCode::SignOnDomain, "your address is not of an allowed domain"),
            SignOnRejection::Disabled => Self::new(ErrorCode::WrongCredentials, "the account cannot sign in"),
            SignOnRejection::AlreadySetUp => Self::new(ErrorCode::AlreadySetUp, "this installation is set up; sign in"),
        }
    }
}
