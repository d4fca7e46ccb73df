//! Ids in paths, queries and bodies: UUIDs in every usual spelling.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use clockwork_core::values::ids::{
    ApiTokenId, BudgetId, CategoryId, ClientId, CurrencyId, DataExportId, InvitationId, JobId, ProjectId, RateId,
    ReportLinkId, ReportScheduleId, SavedReportId, SessionId, TagId, TimeEntryId, UserId, parse,
};
use uuid::Uuid;

use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};

/// Reads an id; `field` is where it came from.
///
/// # Errors
/// 400 `invalid_id` if the text is no UUID; the error names the field.
pub fn parse_id(field: &str, text: &str) -> ApiResult<Uuid> {
    parse(text).ok_or_else(|| {
        let message = "must be a UUID, such as 019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";
        ApiError::field(ErrorCode::InvalidId, FieldError::format(field, "uuid", message).found(text))
    })
}

/// A kind of id that appears in paths.
pub trait PathParameter: From<Uuid> + 'static {
    /// The name of the path's parameter.
    const NAME: &'static str;
}

impl PathParameter for ClientId {
    const NAME: &'static str = "clientId";
}
impl PathParameter for ProjectId {
    const NAME: &'static str = "projectId";
}
impl PathParameter for CategoryId {
    const NAME: &'static str = "categoryId";
}
impl PathParameter for TagId {
    const NAME: &'static str = "tagId";
}
impl PathParameter for BudgetId {
    const NAME: &'static str = "budgetId";
}
impl PathParameter for SavedReportId {
    const NAME: &'static str = "savedReportId";
}
impl PathParameter for ReportLinkId {
    const NAME: &'static str = "reportLinkId";
}
impl PathParameter for ReportScheduleId {
    const NAME: &'static str = "reportScheduleId";
}
impl PathParameter for RateId {
    const NAME: &'static str = "rateId";
}
impl PathParameter for CurrencyId {
    const NAME: &'static str = "currencyId";
}
impl PathParameter for TimeEntryId {
    const NAME: &'static str = "entryId";
}
impl PathParameter for SessionId {
    const NAME: &'static str = "sessionId";
}
impl PathParameter for ApiTokenId {
    const NAME: &'static str = "tokenId";
}

impl PathParameter for DataExportId {
    const NAME: &'static str = "exportId";
}
impl PathParameter for UserId {
    const NAME: &'static str = "memberId";
}

impl PathParameter for JobId {
    const NAME: &'static str = "jobId";
}

impl PathParameter for InvitationId {
    const NAME: &'static str = "invitationId";
}

/// An id from the path.
#[derive(Clone, Copy, Debug)]
pub struct PathId<T>(pub T);

impl<T: PathParameter> FromRequest for PathId<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = req.match_info().get(T::NAME).unwrap_or_default();
        ready(parse_id(T::NAME, text).map(|id| Self(T::from(id))))
    }
}

impl<T: PathParameter> Describe for PathId<T> {
    fn describe(operation: &mut Description) {
        operation.path_id(T::NAME);
    }
}
