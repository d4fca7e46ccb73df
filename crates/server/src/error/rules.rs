//! From the errors of core's rules to codes, statuses and words: by explicit match, so that a new error is a decision.

use clockwork_core::access::{Rejection, RuleError};
use clockwork_core::accounts::attempts::AttemptError;
use clockwork_core::accounts::invitations::{InvitationRejection, OPEN_MAX};
use clockwork_core::accounts::members::MemberRejection;
use clockwork_core::accounts::placeholders::ClaimRejection;
use clockwork_core::accounts::workspaces::{OWNED_MAX, ProfileRejection, WorkspaceRejection};
use clockwork_core::events::SubscribeError;
use clockwork_core::money::{MoneyRejection, RATES_MAX};
use clockwork_core::reports::{
    BUDGETS_MAX, LINKS_MAX, LinkRejection, OpenError, SAVED_MAX, SCHEDULES_MAX, SavedRejection, ScheduleRejection,
    UnreadableQuery, WORKSPACE_SCHEDULES_MAX,
};
use clockwork_core::structure::categories::CategoryRejection;
use clockwork_core::structure::clients::ClientRejection;
use clockwork_core::structure::project_members::{MEMBERS_MAX, ProjectMemberRejection};
use clockwork_core::structure::projects::ProjectRejection;
use clockwork_core::structure::tags::TagRejection;
use clockwork_core::tracking::entries::{EntryRejection, TAGS_MAX};

use super::{ApiError, ErrorCode, FieldError};

/// What all rules answer, and then what is special to one.
impl<R: Rejection> From<RuleError<R>> for ApiError
where
    Self: From<R>,
{
    fn from(error: RuleError<R>) -> Self {
        match error {
            RuleError::NotFound(what) => Self::not_found(what),
            RuleError::RevisionMismatch => {
                let message = format!("the {} was changed since you read it; read it again", R::OBJECT);
                Self::new(ErrorCode::PreconditionFailed, message)
            }
            RuleError::Forbidden(capability) => Self::forbidden(capability),
            RuleError::Rejected(rejection) => rejection.into(),
            RuleError::Database(error) => error.into(),
        }
    }
}

fn bad_field(code: ErrorCode, field: &str, field_code: &'static str, message: &str) -> ApiError {
    ApiError::field(code, FieldError::new(field, field_code, message))
}

impl From<ClientRejection> for ApiError {
    fn from(rejection: ClientRejection) -> Self {
        match rejection {
            ClientRejection::DuplicateName => {
                Self::new(ErrorCode::DuplicateClientName, "there is already a client of this name")
            }
            ClientRejection::InUse => Self::new(
                ErrorCode::ClientInUse,
                "the client has projects; move or delete them first, or archive the client",
            ),
        }
    }
}

impl From<SubscribeError> for ApiError {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::Connection(error) => error.into(),
            SubscribeError::Database(error) => error.into(),
            SubscribeError::Unreached(_) => Self::unavailable(error),
        }
    }
}

impl From<ProjectRejection> for ApiError {
    fn from(rejection: ProjectRejection) -> Self {
        match rejection {
            ProjectRejection::ClientNotFound => {
                bad_field(ErrorCode::InvalidClient, "clientId", "not_found", "names no client of this workspace")
            }
            ProjectRejection::InUse => Self::new(
                ErrorCode::ProjectInUse,
                "the project has categories; delete them first, or archive the project",
            ),
            ProjectRejection::Tracked => Self::new(
                ErrorCode::ProjectInUse,
                "categories of the project have time entries; move them first, or archive the project",
            ),
        }
    }
}

impl From<CategoryRejection> for ApiError {
    fn from(rejection: CategoryRejection) -> Self {
        match rejection {
            CategoryRejection::ParentNotFound => bad_field(
                ErrorCode::InvalidParent,
                "parentCategoryId",
                "not_found",
                "names no category of this workspace",
            ),
            CategoryRejection::CrossProjectParent => bad_field(
                ErrorCode::CrossProjectParent,
                "parentCategoryId",
                "not_found",
                "names a category of another project",
            ),
            CategoryRejection::Cycle => Self::new(ErrorCode::CategoryCycle, "a category cannot be moved below itself"),
            CategoryRejection::DuplicateName => {
                Self::new(ErrorCode::DuplicateCategoryName, "there is already a category of this name at this place")
            }
            CategoryRejection::DuplicateNames(places) => {
                let message = "is the name of another category at this place";
                let field = |place| FieldError::new(format!("categories[{place}].name"), "duplicate", message);
                Self::fields(ErrorCode::DuplicateCategoryName, places.into_iter().map(field).collect())
            }
            CategoryRejection::InUse => Self::new(
                ErrorCode::CategoryInUse,
                "the category has time entries; move them first, or archive the category",
            ),
            CategoryRejection::NotSiblings => bad_field(
                ErrorCode::InvalidIds,
                "categoryIds",
                "not_found",
                "names a category that does not lie at this place",
            ),
        }
    }
}

impl From<TagRejection> for ApiError {
    fn from(rejection: TagRejection) -> Self {
        match rejection {
            TagRejection::DuplicateName => {
                Self::new(ErrorCode::DuplicateTagName, "there is already a tag of this name")
            }
        }
    }
}

impl From<SavedRejection> for ApiError {
    fn from(rejection: SavedRejection) -> Self {
        match rejection {
            SavedRejection::TooMany => Self::new(
                ErrorCode::TooManySavedReports,
                format!("you have {SAVED_MAX} saved reports; delete one first"),
            ),
        }
    }
}

impl From<UnreadableQuery> for ApiError {
    fn from(error: UnreadableQuery) -> Self {
        let message = format!("{error}; save what the page shows now in its place");
        Self::new(ErrorCode::UnreadableReport, message)
    }
}

impl From<LinkRejection> for ApiError {
    fn from(rejection: LinkRejection) -> Self {
        match rejection {
            LinkRejection::TooMany => {
                Self::new(ErrorCode::LimitReached, format!("the report has {LINKS_MAX} links; revoke one first"))
            }
            LinkRejection::Ended => {
                bad_field(ErrorCode::InvalidTime, "expiresAt", "out_of_range", "must lie in the future")
            }
            LinkRejection::Unreadable(error) => error.into(),
        }
    }
}

impl From<ScheduleRejection> for ApiError {
    fn from(rejection: ScheduleRejection) -> Self {
        let recipient = |number: usize| format!("recipientIds[{number}]");
        match rejection {
            ScheduleRejection::TooMany => {
                let message = format!("the report has {SCHEDULES_MAX} schedules; delete one first");
                Self::new(ErrorCode::LimitReached, message)
            }
            ScheduleRejection::TooManyInWorkspace => {
                let message = format!("the workspace has {WORKSPACE_SCHEDULES_MAX} schedules, which is the most");
                Self::new(ErrorCode::LimitReached, message)
            }
            ScheduleRejection::NotAMember(number) => {
                let message = "names no member of this workspace; for other readers there are links";
                bad_field(ErrorCode::InvalidRecipient, &recipient(number), "not_found", message)
            }
            ScheduleRejection::NoAddress(number) => {
                let message = "names a member without an address that mail can be sent to";
                bad_field(ErrorCode::InvalidRecipient, &recipient(number), "not_found", message)
            }
            ScheduleRejection::NoOwnAddress => Self::own_address_missing(),
            ScheduleRejection::MailNotSetUp => Self::mail_not_set_up(),
            ScheduleRejection::Unreadable(error) => error.into(),
        }
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::InvalidToken => super::accounts::token_refused(),
            OpenError::PasswordRequired => {
                Self::new(ErrorCode::LinkPasswordRequired, "the link has a password: send it as well")
            }
            OpenError::WrongPassword => {
                Self::new(ErrorCode::WrongLinkPassword, "the password of the link is another one")
            }
            OpenError::Attempt(error) => error.into(),
            OpenError::Busy(busy) => busy.into(),
            OpenError::Unreadable(error) => error.into(),
            OpenError::Report(error) => error.into(),
            OpenError::Connection(error) => error.into(),
            OpenError::Database(error) => error.into(),
        }
    }
}

impl From<MoneyRejection> for ApiError {
    fn from(rejection: MoneyRejection) -> Self {
        match rejection {
            MoneyRejection::DuplicateRate => {
                Self::new(ErrorCode::DuplicateRate, "the target has a rate from that day on; change it instead")
            }
            MoneyRejection::TargetNotFound(field) => {
                bad_field(ErrorCode::InvalidTarget, field, "not_found", "names nothing in this workspace")
            }
            MoneyRejection::DuplicateBudget => {
                Self::new(ErrorCode::DuplicateBudget, "the target has a budget of that kind; change it instead")
            }
            MoneyRejection::TooManyBudgets => Self::new(
                ErrorCode::TooManyBudgets,
                format!("the workspace has {BUDGETS_MAX} budgets; delete one first"),
            ),
            MoneyRejection::OtherMeasure => bad_field(
                ErrorCode::InvalidTarget,
                "amount",
                "not_found",
                "belongs to budgets of money, and durationSeconds to budgets of time",
            ),
            MoneyRejection::TooManyRates => Self::new(
                ErrorCode::TooManyRates,
                format!("the workspace has {RATES_MAX} rates; delete old ones first"),
            ),
        }
    }
}

impl From<ProfileRejection> for ApiError {
    fn from(rejection: ProfileRejection) -> Self {
        match rejection {}
    }
}

impl From<WorkspaceRejection> for ApiError {
    fn from(rejection: WorkspaceRejection) -> Self {
        match rejection {
            WorkspaceRejection::TooMany => {
                Self::new(ErrorCode::LimitReached, format!("you own {OWNED_MAX} workspaces, which is the most"))
            }
            WorkspaceRejection::NotConfirmed => {
                bad_field(ErrorCode::InvalidConfirmation, "name", "not_found", "is not the name of the workspace")
            }
            WorkspaceRejection::BuiltIn => {
                Self::new(ErrorCode::FirstWorkspace, "the first workspace of an installation cannot be deleted")
            }
            WorkspaceRejection::NotAdministrator => Self::administrator_no_longer(),
        }
    }
}

impl From<InvitationRejection> for ApiError {
    fn from(rejection: InvitationRejection) -> Self {
        match rejection {
            InvitationRejection::AlreadyMember => Self::new(ErrorCode::AlreadyMember, "a member has this address"),
            InvitationRejection::AlreadyInvited => Self::new(
                ErrorCode::AlreadyInvited,
                "the address is invited already; send that invitation again, or revoke it first",
            ),
            InvitationRejection::PlaceholderInvited => Self::new(
                ErrorCode::AlreadyInvited,
                "another open invitation is for the placeholder; send that one again, or revoke it first",
            ),
            InvitationRejection::PlaceholderNotFound => bad_field(
                ErrorCode::InvalidMember,
                "placeholderId",
                "not_found",
                "names no placeholder of this workspace that can be claimed",
            ),
            InvitationRejection::TooMany => {
                let message = format!("the workspace has {OPEN_MAX} open invitations, which is the most");
                Self::new(ErrorCode::LimitReached, message)
            }
            InvitationRejection::SentJustNow => {
                let message = "the invitation was sent a moment ago; try again in a minute";
                Self { retry_after: Some(60), ..Self::new(ErrorCode::RateLimited, message) }
            }
            InvitationRejection::MailedTooOften(wait) => AttemptError::Wait(wait).into(),
            InvitationRejection::Ended => {
                Self::new(ErrorCode::InvitationEnded, "the invitation is no longer valid; ask for another one")
            }
            InvitationRejection::OtherAddress => Self::new(
                ErrorCode::InvitationForAnother,
                "the invitation is for another address; sign in with the account that has it",
            ),
        }
    }
}

impl From<MemberRejection> for ApiError {
    fn from(rejection: MemberRejection) -> Self {
        match rejection {
            MemberRejection::LastOwner => {
                Self::new(ErrorCode::LastOwner, "the workspace needs an owner; make another member an owner first")
            }
            MemberRejection::Placeholder => Self::new(
                ErrorCode::PlaceholderMember,
                "a placeholder has no role; invite the person to one, or say which member it is",
            ),
            MemberRejection::Claimed => claimed(),
        }
    }
}

impl From<ClaimRejection> for ApiError {
    fn from(rejection: ClaimRejection) -> Self {
        match rejection {
            ClaimRejection::NotPlaceholder => {
                Self::new(ErrorCode::NotPlaceholder, "the member has an account; only a placeholder becomes a member")
            }
            ClaimRejection::Claimed => claimed(),
            ClaimRejection::MemberNotFound => bad_field(
                ErrorCode::InvalidMember,
                "memberId",
                "not_found",
                "names no present member of this workspace with an account",
            ),
        }
    }
}

fn claimed() -> ApiError {
    ApiError::new(
        ErrorCode::PlaceholderClaimed,
        "the placeholder is claimed; its entries are about to become a member's",
    )
}

impl From<ProjectMemberRejection> for ApiError {
    fn from(rejection: ProjectMemberRejection) -> Self {
        match rejection {
            ProjectMemberRejection::TooMany => {
                Self::new(ErrorCode::LimitReached, format!("the project has {MEMBERS_MAX} members, which is the most"))
            }
            ProjectMemberRejection::PlaceholderLead => Self::new(
                ErrorCode::PlaceholderMember,
                "a placeholder cannot lead a project; it gets rights when somebody claims it",
            ),
        }
    }
}

impl From<EntryRejection> for ApiError {
    fn from(rejection: EntryRejection) -> Self {
        match rejection {
            EntryRejection::CategoryNotFound => {
                bad_field(ErrorCode::InvalidCategory, "categoryId", "not_found", "names no category of this workspace")
            }
            EntryRejection::TagNotFound => {
                bad_field(ErrorCode::InvalidTag, "tagIds", "not_found", "names a tag that this workspace does not have")
            }
            EntryRejection::TooManyTags => {
                let message = format!("would give an entry more than {TAGS_MAX} tags");
                Self::field(ErrorCode::InvalidTag, FieldError::too_long("tagIds", TAGS_MAX, message))
            }
            EntryRejection::CategoryArchived => {
                Self::new(ErrorCode::CategoryArchived, "the category is archived; choose another one or bring it back")
            }
            EntryRejection::ProjectArchived => {
                Self::new(ErrorCode::ProjectArchived, "the project is archived; choose another one or bring it back")
            }
            EntryRejection::StopBeforeStart => {
                bad_field(ErrorCode::InvalidTimeRange, "stoppedAt", "out_of_range", "must not lie before startedAt")
            }
            EntryRejection::StartInFuture => bad_field(
                ErrorCode::InvalidTime,
                "startedAt",
                "out_of_range",
                "must not lie in the future while the entry runs",
            ),
            EntryRejection::StartsBeforeRunning => Self::new(
                ErrorCode::StartsBeforeRunning,
                "the running entry started later than that; change its start first",
            ),
            EntryRejection::TimerRunning => {
                Self::new(ErrorCode::TimerRunning, "another entry is running; stop it first")
            }
            EntryRejection::NoActiveTimer => Self::new(ErrorCode::NoActiveTimer, "no timer is running"),
            EntryRejection::OwnerLeft => {
                Self::new(ErrorCode::FormerMember, "the owner of the entry has left the workspace, so it cannot run")
            }
            EntryRejection::OwnerDisabled => {
                Self::new(ErrorCode::AccountDisabled, "the account of the owner is disabled, so the entry cannot run")
            }
            EntryRejection::OwnerIsViewer => {
                Self::new(ErrorCode::ViewerMember, "the owner of the entry is a viewer, so it cannot run")
            }
            EntryRejection::OwnerIsPlaceholder => Self::new(
                ErrorCode::PlaceholderMember,
                "the owner of the entry is a placeholder, which has no timer, so it cannot run",
            ),
            EntryRejection::StillRunning => {
                Self::new(ErrorCode::EntryRunning, "the entry is still running; stop it first")
            }
            EntryRejection::SplitOutside => bad_field(
                ErrorCode::InvalidTime,
                "at",
                "out_of_range",
                "must lie between the start and the stop of the entry",
            ),
            EntryRejection::ImportedAgain => {
                Self::new(ErrorCode::EntryImportedAgain, "an import has brought this entry back already")
            }
        }
    }
}
