//! Every code of the API with its status: the one table.

use std::fmt;

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident;)*) => {
        /// Every code of the API, with its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// What the envelope says.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// The body is not the JSON that was expected.
    InvalidJson = "invalid_json", BAD_REQUEST;
    /// The body is not the form that was expected.
    InvalidMultipart = "invalid_multipart", BAD_REQUEST;
    /// A parameter of the query string is unknown, repeated or malformed.
    InvalidQuery = "invalid_query", BAD_REQUEST;
    /// A header is malformed.
    InvalidHeader = "invalid_header", BAD_REQUEST;
    /// Not a UUID.
    InvalidId = "invalid_id", BAD_REQUEST;
    /// Not a timestamp, or outside of the range.
    InvalidTime = "invalid_time", BAD_REQUEST;
    /// The end lies before the start.
    InvalidTimeRange = "invalid_time_range", BAD_REQUEST;
    /// Not an IANA time zone.
    InvalidTimeZone = "invalid_time_zone", BAD_REQUEST;
    /// A page size outside of 1 to 1,000.
    InvalidLimit = "invalid_limit", BAD_REQUEST;
    /// Not a cursor of this list.
    InvalidCursor = "invalid_cursor", BAD_REQUEST;
    /// A report with more groups than an answer has.
    ReportTooLarge = "report_too_large", BAD_REQUEST;
    /// A list of ids that is empty or too long.
    InvalidIds = "invalid_ids", BAD_REQUEST;
    /// The query of a saved report.
    InvalidSavedQuery = "invalid_saved_query", BAD_REQUEST;
    /// The format or the time of a schedule.
    InvalidSchedule = "invalid_schedule", BAD_REQUEST;
    /// The body names a recipient who is no member with an address, or none, or too many.
    InvalidRecipient = "invalid_recipient", BAD_REQUEST;
    /// A currency, a rate or a price.
    InvalidMoney = "invalid_money", BAD_REQUEST;
    /// The body names a target of a rate that does not exist.
    InvalidTarget = "invalid_target", BAD_REQUEST;
    /// The name of a person or workspace.
    InvalidName = "invalid_name", BAD_REQUEST;
    /// A setting of a person.
    InvalidSetting = "invalid_setting", BAD_REQUEST;
    /// The name of a client.
    InvalidClientName = "invalid_client_name", BAD_REQUEST;
    /// The name of a project.
    InvalidProjectName = "invalid_project_name", BAD_REQUEST;
    /// The name of a category.
    InvalidCategoryName = "invalid_category_name", BAD_REQUEST;
    /// The name of a tag.
    InvalidTagName = "invalid_tag_name", BAD_REQUEST;
    /// A description.
    InvalidDescription = "invalid_description", BAD_REQUEST;
    /// The confirmation of a deletion, which is another text than the name.
    InvalidConfirmation = "invalid_confirmation", BAD_REQUEST;
    /// A role.
    InvalidRole = "invalid_role", BAD_REQUEST;
    /// No present member, or no placeholder, has the id.
    InvalidMember = "invalid_member", BAD_REQUEST;
    /// A colour.
    InvalidColor = "invalid_color", BAD_REQUEST;
    /// The body names a client that does not exist.
    InvalidClient = "invalid_client", BAD_REQUEST;
    /// The body names a category that does not exist.
    InvalidCategory = "invalid_category", BAD_REQUEST;
    /// The body names a tag that does not exist.
    InvalidTag = "invalid_tag", BAD_REQUEST;
    /// The parent category does not exist.
    InvalidParent = "invalid_parent", BAD_REQUEST;
    /// The parent category belongs to another project.
    CrossProjectParent = "cross_project_parent", BAD_REQUEST;
    /// Not an e-mail address.
    InvalidEmail = "invalid_email", BAD_REQUEST;
    /// A password that is too short, too long, or guessed first.
    InvalidPassword = "invalid_password", BAD_REQUEST;
    /// Not the form of a code.
    InvalidCode = "invalid_code", BAD_REQUEST;
    /// Not the form of a token.
    InvalidToken = "invalid_token", BAD_REQUEST;
    /// Not the form of a provider's name.
    InvalidProvider = "invalid_provider", BAD_REQUEST;
    /// Not a path of this site.
    InvalidPath = "invalid_path", BAD_REQUEST;
    /// Not a scope of tokens.
    InvalidScope = "invalid_scope", BAD_REQUEST;
    /// The body names a workspace that the user is no member of.
    InvalidWorkspace = "invalid_workspace", BAD_REQUEST;
    /// A file of a format that is not known.
    UnknownFormat = "unknown_format", BAD_REQUEST;
    /// An option of an import.
    InvalidOption = "invalid_option", BAD_REQUEST;
    /// A file with bad lines, of which nothing was imported.
    ImportFailed = "import_failed", BAD_REQUEST;
    /// The request shows no credentials that the server knows.
    Unauthenticated = "unauthenticated", UNAUTHORIZED;
    /// The address, the password, or both are wrong; or the account is disabled.
    WrongCredentials = "wrong_credentials", UNAUTHORIZED;
    /// The password is right, and a code of the second factor is needed.
    CodeRequired = "code_required", UNAUTHORIZED;
    /// The password is right, and the code is wrong or was used before.
    WrongCode = "wrong_code", UNAUTHORIZED;
    /// The operation is about the account itself, and the request shows a token.
    SessionRequired = "session_required", FORBIDDEN;
    /// The operation asks for a sign-in not older than ten minutes.
    RecentSignInRequired = "recent_sign_in_required", FORBIDDEN;
    /// The token of a link, or for setting up, is wrong, was used before, or is too old.
    TokenRefused = "token_refused", FORBIDDEN;
    /// The link has a password, and the request none.
    LinkPasswordRequired = "link_password_required", FORBIDDEN;
    /// The password of a link is another one.
    WrongLinkPassword = "wrong_link_password", FORBIDDEN;
    /// Users of this server sign in with a provider only.
    PasswordsDisabled = "passwords_disabled", FORBIDDEN;
    /// The caller may see this, but not do it: the role in the workspace, or the token, lacks the capability that the
    /// message names.
    Forbidden = "forbidden", FORBIDDEN;
    /// The request comes from another site's page, and would change something.
    CrossSiteRequest = "cross_site_request", FORBIDDEN;
    /// There is no such thing, or not for this caller.
    NotFound = "not_found", NOT_FOUND;
    /// The path exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The request took too long to arrive.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT;
    /// A member has the invited address.
    AlreadyMember = "already_member", CONFLICT;
    /// The address has an open invitation.
    AlreadyInvited = "already_invited", CONFLICT;
    /// An invitation that was revoked or has expired, or whose inviter may no longer invite.
    InvitationEnded = "invitation_ended", CONFLICT;
    /// The invitation is for another address than the user's.
    InvitationForAnother = "invitation_for_another", FORBIDDEN;
    /// The first workspace of the installation cannot be deleted.
    FirstWorkspace = "first_workspace", CONFLICT;
    /// The entry would run, and its owner is a former member of the workspace.
    FormerMember = "former_member", CONFLICT;
    /// The entry would run, and its owner is a viewer, who tracks no time.
    ViewerMember = "viewer_member", CONFLICT;
    /// The member is a placeholder, and this is for members with an account.
    PlaceholderMember = "placeholder_member", CONFLICT;
    /// Somebody has claimed the placeholder, and its entries are about to become theirs.
    PlaceholderClaimed = "placeholder_claimed", CONFLICT;
    /// The member has an account, and this is for placeholders.
    NotPlaceholder = "not_placeholder", CONFLICT;
    /// The member is the only owner of the workspace.
    LastOwner = "last_owner", CONFLICT;
    /// The operation is for administrators of the installation.
    AdministratorRequired = "administrator_required", FORBIDDEN;
    /// An administrator does not disable the own account.
    OwnAccount = "own_account", CONFLICT;
    /// The account is disabled, so that its user can sign in with nothing.
    AccountDisabled = "account_disabled", CONFLICT;
    /// The user is the only administrator of the installation.
    LastAdministrator = "last_administrator", CONFLICT;
    /// The archive is being written, or could not be.
    ExportNotReady = "export_not_ready", CONFLICT;
    /// The archive has expired.
    ExportExpired = "export_expired", GONE;
    /// There are as many things of a kind as there may be; the message says how many.
    LimitReached = "limit_reached", CONFLICT;
    /// A client has projects.
    ClientInUse = "client_in_use", CONFLICT;
    /// A project has categories.
    ProjectInUse = "project_in_use", CONFLICT;
    /// A category has time entries.
    CategoryInUse = "category_in_use", CONFLICT;
    /// Another client has the name.
    DuplicateClientName = "duplicate_client_name", CONFLICT;
    /// A sibling has the name.
    DuplicateCategoryName = "duplicate_category_name", CONFLICT;
    /// The target has a rate from that day on.
    DuplicateRate = "duplicate_rate", CONFLICT;
    /// The member has as many saved reports as a member may have.
    TooManySavedReports = "too_many_saved_reports", CONFLICT;
    /// The query of a saved report has a part that the server cannot read: the report could show more than it says.
    UnreadableReport = "unreadable_report", CONFLICT;
    /// The server cannot send mail: `SMTP_URL` is not set.
    MailNotSetUp = "mail_not_set_up", CONFLICT;
    /// The mail server did not take the message.
    MailFailed = "mail_failed", BAD_GATEWAY;
    /// The target has a budget of that kind.
    DuplicateBudget = "duplicate_budget", CONFLICT;
    /// The workspace has as many budgets as it may have.
    TooManyBudgets = "too_many_budgets", CONFLICT;
    /// The workspace has as many rates as it may have.
    TooManyRates = "too_many_rates", CONFLICT;
    /// Another tag has the name.
    DuplicateTagName = "duplicate_tag_name", CONFLICT;
    /// A category would be below itself.
    CategoryCycle = "category_cycle", CONFLICT;
    /// The category or one above it is archived.
    CategoryArchived = "category_archived", CONFLICT;
    /// The project is archived.
    ProjectArchived = "project_archived", CONFLICT;
    /// Nothing is running.
    NoActiveTimer = "no_active_timer", CONFLICT;
    /// Something else is running.
    TimerRunning = "timer_running", CONFLICT;
    /// The timer would start before the running one did.
    StartsBeforeRunning = "starts_before_running", CONFLICT;
    /// The entry is still running.
    EntryRunning = "entry_running", CONFLICT;
    /// The deleted entry was imported again.
    EntryImportedAgain = "entry_imported_again", CONFLICT;
    /// Another import into the workspace is running, or the server has no room for one more.
    ImportRunning = "import_running", CONFLICT;
    /// The Idempotency-Key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT;
    /// The server has no accounts: `AUTH_MODE=none`.
    AccountsDisabled = "accounts_disabled", CONFLICT;
    /// The installation has an administrator already.
    AlreadySetUp = "already_set_up", CONFLICT;
    /// Another user has the address.
    EmailTaken = "email_taken", CONFLICT;
    /// The user of the provider has no account here.
    SignOnNoAccount = "sign_on_no_account", FORBIDDEN;
    /// There is an account with the address, but not both sides have verified it.
    SignOnNotLinked = "sign_on_not_linked", FORBIDDEN;
    /// The user did not agree at the provider, or the provider does not let the user in.
    SignOnDenied = "sign_on_denied", FORBIDDEN;
    /// The domain of the user's address is not allowed.
    SignOnDomain = "sign_on_domain", FORBIDDEN;
    /// The account signs in with a provider, and has no password.
    SignsInElsewhere = "signs_in_elsewhere", CONFLICT;
    /// The account has no address.
    NoEmail = "no_email", CONFLICT;
    /// The user has as many tokens as one may have.
    TooManyTokens = "too_many_tokens", CONFLICT;
    /// The user has a second factor already.
    SecondFactorExists = "second_factor_exists", CONFLICT;
    /// The user has no second factor, or has not begun one.
    NoSecondFactor = "no_second_factor", CONFLICT;
    /// The object has another revision than `If-Match` names.
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED;
    /// The body is too large.
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE;
    /// The server was called by a name that is not its own.
    MisdirectedRequest = "misdirected_request", MISDIRECTED_REQUEST;
    /// Too many requests from one caller or address; `Retry-After` says when to come back.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS;
    /// Too many wrong tries to sign in; `Retry-After` says when the next one is looked at.
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS;
    /// The provider cannot be reached, or its answer was refused.
    SignOnFailed = "sign_on_failed", BAD_GATEWAY;
    /// Too many others sign in; `Retry-After` says when to come back.
    SignInBusy = "sign_in_busy", SERVICE_UNAVAILABLE;
    /// Too many reports are exported at once; `Retry-After` says when to come back.
    ExportsRunning = "exports_running", CONFLICT;
    /// The database or the pool is out; `Retry-After` says when to come back.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
    /// A mistake of ours, logged with the request id.
    Internal = "internal_error", INTERNAL_SERVER_ERROR;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
