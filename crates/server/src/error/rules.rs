//! From the errors of core's rules to codes, statuses and words: by explicit match, so that a new error is a decision.

use clockwork_core::accounts::workspaces::ProfileError;
use clockwork_core::events::SubscribeError;
use clockwork_core::structure::categories::CategoryError;
use clockwork_core::structure::clients::ClientError;
use clockwork_core::structure::projects::ProjectError;
use clockwork_core::structure::tags::TagError;
use clockwork_core::tracking::entries::{EntryError, TAGS_MAX};

use super::{ApiError, ErrorCode, FieldError};

fn stale(what: &str) -> ApiError {
    ApiError::new(ErrorCode::PreconditionFailed, format!("the {what} was changed since you read it; read it again"))
}

fn bad_field(code: ErrorCode, field: &str, field_code: &'static str, message: &str) -> ApiError {
    ApiError::field(code, FieldError::new(field, field_code, message))
}

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotFound => Self::not_found("client"),
            ClientError::Stale => stale("client"),
            ClientError::DuplicateName => {
                Self::new(ErrorCode::DuplicateClientName, "there is already a client of this name")
            }
            ClientError::InUse => Self::new(
                ErrorCode::ClientInUse,
                "the client has projects; move or delete them first, or archive the client",
            ),
            ClientError::Database(error) => error.into(),
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

impl From<ProjectError> for ApiError {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::NotFound => Self::not_found("project"),
            ProjectError::Stale => stale("project"),
            ProjectError::ClientNotFound => {
                bad_field(ErrorCode::InvalidClient, "clientId", "not_found", "names no client of this workspace")
            }
            ProjectError::InUse => Self::new(
                ErrorCode::ProjectInUse,
                "the project has categories; delete them first, or archive the project",
            ),
            ProjectError::Database(error) => error.into(),
        }
    }
}

impl From<CategoryError> for ApiError {
    fn from(error: CategoryError) -> Self {
        match error {
            CategoryError::NotFound(what) => Self::not_found(what),
            CategoryError::Stale => stale("category"),
            CategoryError::ParentNotFound => bad_field(
                ErrorCode::InvalidParent,
                "parentCategoryId",
                "not_found",
                "names no category of this workspace",
            ),
            CategoryError::CrossProjectParent => bad_field(
                ErrorCode::CrossProjectParent,
                "parentCategoryId",
                "not_found",
                "names a category of another project",
            ),
            CategoryError::Cycle => Self::new(ErrorCode::CategoryCycle, "a category cannot be moved below itself"),
            CategoryError::DuplicateName => {
                Self::new(ErrorCode::DuplicateCategoryName, "there is already a category of this name at this place")
            }
            CategoryError::InUse => Self::new(
                ErrorCode::CategoryInUse,
                "the category has time entries; move them first, or archive the category",
            ),
            CategoryError::Database(error) => error.into(),
        }
    }
}

impl From<TagError> for ApiError {
    fn from(error: TagError) -> Self {
        match error {
            TagError::NotFound => Self::not_found("tag"),
            TagError::Stale => stale("tag"),
            TagError::DuplicateName => Self::new(ErrorCode::DuplicateTagName, "there is already a tag of this name"),
            TagError::Database(error) => error.into(),
        }
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Stale => Self::new(
                ErrorCode::PreconditionFailed,
                "the settings were changed since you read them; read them again",
            ),
            ProfileError::Database(error) => error.into(),
        }
    }
}

impl From<EntryError> for ApiError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::NotFound => Self::not_found("time entry"),
            EntryError::Stale => stale("time entry"),
            EntryError::CategoryNotFound => {
                bad_field(ErrorCode::InvalidCategory, "categoryId", "not_found", "names no category of this workspace")
            }
            EntryError::TagNotFound => {
                bad_field(ErrorCode::InvalidTag, "tagIds", "not_found", "names a tag that this workspace does not have")
            }
            EntryError::TooManyTags => {
                let message = format!("would give an entry more than {TAGS_MAX} tags");
                bad_field(ErrorCode::InvalidTag, "tagIds", "too_long", &message)
            }
            EntryError::CategoryArchived => {
                Self::new(ErrorCode::CategoryArchived, "the category is archived; choose another one or bring it back")
            }
            EntryError::ProjectArchived => {
                Self::new(ErrorCode::ProjectArchived, "the project is archived; choose another one or bring it back")
            }
            EntryError::StopBeforeStart => {
                bad_field(ErrorCode::InvalidTimeRange, "stoppedAt", "out_of_range", "must not lie before startedAt")
            }
            EntryError::StartInFuture => bad_field(
                ErrorCode::InvalidTime,
                "startedAt",
                "out_of_range",
                "must not lie in the future while the entry runs",
            ),
            EntryError::StartsBeforeRunning => Self::new(
                ErrorCode::StartsBeforeRunning,
                "the running entry started later than that; change its start first",
            ),
            EntryError::TimerRunning => Self::new(ErrorCode::TimerRunning, "another entry is running; stop it first"),
            EntryError::NoActiveTimer => Self::new(ErrorCode::NoActiveTimer, "no timer is running"),
            EntryError::StillRunning => Self::new(ErrorCode::EntryRunning, "the entry is still running; stop it first"),
            EntryError::SplitOutside => bad_field(
                ErrorCode::InvalidTime,
                "at",
                "out_of_range",
                "must lie between the start and the stop of the entry",
            ),
            EntryError::ImportedAgain => {
                Self::new(ErrorCode::EntryImportedAgain, "an import has brought this entry back already")
            }
            EntryError::Database(error) => error.into(),
        }
    }
}
