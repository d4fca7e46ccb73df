//! A type for each kind of id, so that one cannot be taken for another.

use std::fmt;

use diesel_derive_newtype::DieselNewType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Reads an id in every usual spelling: with dashes or without, in upper or lower case, in braces, after `urn:uuid:`.
/// Nothing else is one, not even with blanks around it. Whatever reads an id reads it here, so that no two places take
/// the same text for different things.
#[must_use]
pub fn parse(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DieselNewType, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id of version 7: ids that are made later sort later, which keeps indexes compact.
            #[expect(clippy::new_without_default, reason = "a default id would be a surprise: each is different")]
            #[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A person.
    UserId
);
impl UserId {
    /// A new id of a placeholder: of version 8 (RFC 9562, 5.8) instead of 7, and otherwise alike. The database tells
    /// placeholders from accounts by that (`is_placeholder_id`), so that a CHECK can refuse them what only accounts
    /// have.
    #[must_use]
    pub fn new_placeholder() -> Self {
        Self(uuid::Builder::from_custom_bytes(*Self::new().0.as_bytes()).into_uuid())
    }

    /// Whether the user is a placeholder: a member of one workspace without an account, made by an import.
    #[must_use]
    pub fn is_placeholder(self) -> bool {
        self.0.get_version_num() == 8
    }
}

id!(
    /// A tenant.
    WorkspaceId
);
id!(
    /// A client: the customer of projects.
    ClientId
);
id!(
    /// A holder of categories.
    ProjectId
);
id!(
    /// What time is tracked on.
    CategoryId
);
id!(
    /// A mark that entries of any project can carry.
    TagId
);
id!(
    /// A rate that holds from a day on.
    RateId
);
id!(
    /// A report that was saved under a name.
    SavedReportId
);
id!(
    /// A link to a saved report.
    ReportLinkId
);
id!(
    /// A schedule of a saved report.
    ReportScheduleId
);
id!(
    /// A budget.
    BudgetId
);
id!(
    /// The currency of a workspace or a client.
    CurrencyId
);
id!(
    /// A stretch of tracked time.
    TimeEntryId
);
id!(
    /// A session of a browser.
    SessionId
);
id!(
    /// A token of a program.
    ApiTokenId
);
id!(
    /// A link or code that works once.
    OneTimeTokenId
);
id!(
    /// A line of the audit log.
    AuditEntryId
);
id!(
    /// An invitation to a workspace.
    InvitationId
);
id!(
    /// An archive of a user's data.
    DataExportId
);
id!(
    /// A job.
    JobId
);
id!(
    /// The time for which a worker has taken a job.
    JobLeaseId
);
