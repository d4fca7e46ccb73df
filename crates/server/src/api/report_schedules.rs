//! Schedules of saved reports, `/api/saved-reports/{savedReportId}/schedules`, and
//! `/api/scheduled-reports/{stopToken}/stop`, by which a recipient ends the messages.

use std::future::{Ready, ready};

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev};
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::ReportSchedule;
use clockwork_core::reports::{
    self, DayMinute, Every, MONTH_DAY_MAX, RECIPIENTS_MAX, Recurrence, ScheduleFormat, ScheduleNew, SchedulePatch,
    StopError, Timing, WeekdayWord,
};
use clockwork_core::values::TimeZone;
use clockwork_core::values::ids::{ReportScheduleId, SavedReportId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::routes::Routes;
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{
    Allowed, Anyone, IdempotentRequest, IfMatch, JsonBody, NoParameters, Now, PathId, Pool, QueryParameters,
    Representation, Sender, show,
};
use crate::state::AppState;

/// The page of the client that ends the messages of a schedule.
const STOP_PAGE: &str = "stop-report";
/// The characters of a secret.
const TOKEN_LENGTH: usize = 43;

/// Mounts the operations of a workspace.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_report_schedules, __path_list_report_schedules)
        .operation(create_report_schedule, __path_create_report_schedule)
        .operation(update_report_schedule, __path_update_report_schedule)
        .operation(delete_report_schedule, __path_delete_report_schedule)
        .operation(try_report_schedule, __path_try_report_schedule);
}

/// Mounts the operations of recipients.
pub fn configure_global(config: &mut impl Routes) {
    config
        .operation(show_stop_page, __path_show_stop_page)
        .operation(stop_scheduled_report, __path_stop_scheduled_report);
}

/// A schedule of a saved report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportSchedule)]
pub struct ReportScheduleView {
    id: Uuid,
    saved_report_id: Uuid,
    /// `pdf` or `xlsx`.
    format: String,
    /// Whether the file has amounts.
    amounts: bool,
    /// `day`, `week` (on `weekday`), `month` (on `day`) or `month_end` (on the last day of the month).
    every: String,
    /// Such as `monday`, of a weekly schedule.
    #[schema(required)]
    weekday: Option<String>,
    /// From 1 to 28, of a monthly schedule.
    #[schema(required)]
    day: Option<i16>,
    /// The time of day, such as `08:00`.
    time: String,
    /// The IANA time zone of the time of day, and of the days of the report.
    time_zone: String,
    /// The members whom it is sent to.
    recipient_ids: Vec<Uuid>,
    /// Whether it is paused: by its owner, or by the server, as `lastOutcome` says.
    paused: bool,
    /// When it is due; null while it is paused.
    #[schema(required)]
    next_run_at: Option<DateTime<Utc>>,
    /// When it last ran; null before the first time.
    #[schema(required)]
    last_run_at: Option<DateTime<Utc>>,
    /// What came of that: `sent`, `sent_without_file` (the report was too large), `mail_failed`, `mail_not_set_up`, or
    /// why the server has paused it: `amounts_forbidden`, `unreadable_report`, `no_recipients`, `owner_disabled`.
    #[schema(required)]
    last_outcome: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    revision: i64,
}

impl From<ReportSchedule> for ReportScheduleView {
    fn from(row: ReportSchedule) -> Self {
        Self {
            id: row.id.into(),
            saved_report_id: row.saved_report_id.into(),
            time: DayMinute::from_minutes(row.day_minute).to_string(),
            format: row.format,
            amounts: row.amounts,
            every: row.every,
            weekday: row.weekday,
            day: row.month_day,
            time_zone: row.time_zone,
            recipient_ids: row.recipients.into_iter().map(Uuid::from).collect(),
            paused: row.next_run_at.is_none(),
            next_run_at: row.next_run_at,
            last_run_at: row.last_run_at,
            last_outcome: row.last_outcome,
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for ReportScheduleView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A schedule to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateReportSchedule {
    /// `pdf` or `xlsx`.
    #[schema(required, value_type = String)]
    format: Option<String>,
    /// Whether the file has amounts, which needs the capability `see_amounts`; not if left out.
    amounts: Option<bool>,
    /// `day`, `week` (with `weekday`), `month` (with `day`) or `month_end`.
    #[schema(required, value_type = String)]
    every: Option<String>,
    /// Such as `monday`; with `every=week`.
    #[schema(value_type = Option<String>)]
    weekday: Option<String>,
    /// From 1 to 28; with `every=month`.
    #[schema(minimum = 1, maximum = 28)]
    day: Option<i64>,
    /// The time of day, such as `08:00`. Where clocks jump over it, the report comes at the jump; where they show it
    /// twice, the first time.
    #[schema(required, value_type = String)]
    time: Option<String>,
    /// The IANA time zone of the time of day, and of the days of the report.
    #[schema(required, value_type = String)]
    time_zone: Option<String>,
    /// The members whom it is sent to, 1 to 20.
    #[schema(required, value_type = Vec<Uuid>, min_items = 1, max_items = 20)]
    recipient_ids: Option<Vec<String>>,
}

/// Changes to a schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateReportSchedule {
    /// `pdf` or `xlsx`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    format: Patch<String>,
    /// Whether the file has amounts, which needs the capability `see_amounts`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    amounts: Patch<bool>,
    /// `day`, `week` (with `weekday`), `month` (with `day`) or `month_end`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    every: Patch<String>,
    /// Such as `monday`; with `every=week`.
    #[schema(value_type = Option<String>)]
    weekday: Option<String>,
    /// From 1 to 28; with `every=month`.
    #[schema(minimum = 1, maximum = 28)]
    day: Option<i64>,
    /// The time of day, such as `08:00`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    time: Patch<String>,
    /// The IANA time zone of the time of day, and of the days of the report.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    time_zone: Patch<String>,
    /// The members whom it is sent to, 1 to 20.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Vec<Uuid>>, nullable = false, min_items = 1, max_items = 20)]
    recipient_ids: Patch<Vec<String>>,
    /// Whether it is paused. The end of a pause makes the next run that after now.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    paused: Patch<bool>,
}

const CODE: ErrorCode = ErrorCode::InvalidSchedule;

/// The days of a schedule: what belongs together is given together. `None` if there was a mistake, or nothing is given.
fn recurrence(
    fields: &mut FieldErrors,
    every: Option<Every>,
    weekday: Option<&str>,
    day: Option<i64>,
) -> Option<Recurrence> {
    let weekday_word = fields.optional("weekday", CODE, weekday, WeekdayWord::parse);
    let number = day.and_then(|number| {
        let found = u8::try_from(number).ok().filter(|day| (1..=MONTH_DAY_MAX).contains(day));
        if found.is_none() {
            let message = format!("must be a whole number from 1 to {MONTH_DAY_MAX}; every=month_end is the last day");
            fields.refuse(CODE, FieldError::out_of_range("day", 1, MONTH_DAY_MAX.into(), message));
        }
        found
    });
    for (name, is_given, fits, word) in
        [("weekday", weekday.is_some(), Every::Week, "week"), ("day", day.is_some(), Every::Month, "month")]
    {
        if is_given && every.is_some_and(|every| every != fits) {
            fields.refuse(CODE, FieldError::format(name, "alone", format!("belongs to every={word} alone")));
        } else if !is_given && every == Some(fits) {
            fields.refuse(CODE, FieldError::new(name, "required", format!("is required with every={word}")));
        }
    }
    match every? {
        Every::Day => Some(Recurrence::Day),
        Every::Week => weekday_word.map(Recurrence::Week),
        Every::Month => number.map(Recurrence::Month),
        Every::MonthEnd => Some(Recurrence::MonthEnd),
    }
}

fn recipients(fields: &mut FieldErrors, texts: &[String]) -> Vec<UserId> {
    let refused = |error| (ErrorCode::InvalidRecipient, error);
    let (code, error) = match texts.len() {
        0 => refused(FieldError::new("recipientIds", "empty", "must have at least one member")),
        found if found > RECIPIENTS_MAX => {
            let message = format!("must have at most {RECIPIENTS_MAX} items, has {found}");
            refused(FieldError::too_long("recipientIds", RECIPIENTS_MAX, message).found_number(found))
        }
        _ => return fields.ids("recipientIds", texts),
    };
    fields.refuse(code, error);
    Vec::new()
}

impl CreateReportSchedule {
    fn parse(self) -> ApiResult<ScheduleNew> {
        let mut fields = FieldErrors::new();
        let format = fields.required("format", CODE, self.format.as_deref(), ScheduleFormat::parse);
        let every = fields.required("every", CODE, self.every.as_deref(), Every::parse);
        let recurrence = recurrence(&mut fields, every, self.weekday.as_deref(), self.day);
        let at = fields.required("time", CODE, self.time.as_deref(), DayMinute::parse);
        let zone = ErrorCode::InvalidTimeZone;
        let zone = fields.required("timeZone", zone, self.time_zone.as_deref(), TimeZone::parse);
        let recipients = match &self.recipient_ids {
            Some(texts) => recipients(&mut fields, texts),
            None => {
                let error = FieldError::new("recipientIds", "required", "is required");
                fields.refuse(ErrorCode::InvalidRecipient, error);
                Vec::new()
            }
        };
        let timing = recurrence.zip(at).zip(zone).map(|((recurrence, at), zone)| Timing { recurrence, at, zone });
        let (format, timing) = fields.done(format.zip(timing))?;
        Ok(ScheduleNew { format, amounts: self.amounts == Some(true), timing, recipients })
    }
}

impl UpdateReportSchedule {
    fn parse(self) -> ApiResult<SchedulePatch> {
        let mut fields = FieldErrors::new();
        let format = fields.change("format", CODE, self.format, ScheduleFormat::parse);
        let amounts = fields.flag("amounts", self.amounts);
        let has_every = self.every.is_some();
        let every = fields.change("every", CODE, self.every, Every::parse);
        let recurrence = recurrence(&mut fields, every, self.weekday.as_deref(), self.day);
        for (name, is_given) in [("weekday", self.weekday.is_some()), ("day", self.day.is_some())] {
            if is_given && !has_every {
                fields.refuse(CODE, FieldError::new(name, "required", "is changed together with every"));
            }
        }
        let at = fields.change("time", CODE, self.time, DayMinute::parse);
        let zone = fields.change("timeZone", ErrorCode::InvalidTimeZone, self.time_zone, TimeZone::parse);
        let recipients = match self.recipient_ids {
            None => None,
            Some(None) => {
                let error = FieldError::new("recipientIds", "required", "must not be null");
                fields.refuse(ErrorCode::InvalidRecipient, error);
                None
            }
            Some(Some(texts)) => Some(recipients(&mut fields, &texts)),
        };
        let paused = fields.flag("paused", self.paused);
        fields.done(Some(SchedulePatch { format, amounts, recurrence, at, zone, recipients, paused }))
    }
}

/// The secret of the link that takes a recipient off the list.
pub(crate) struct StopToken(String);

impl FromRequest for StopToken {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(req.match_info().get("stopToken").unwrap_or_default().to_owned())))
    }
}

impl StopToken {
    /// The secret, if it has the form of one.
    fn well_formed(&self) -> Option<&str> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        Some(self.0.as_str()).filter(|text| text.len() == TOKEN_LENGTH && text.bytes().all(fits))
    }
}

impl Describe for StopToken {
    fn describe(operation: &mut Description) {
        operation.path_text("stopToken", "the secret of the link");
    }
}

impl From<StopError> for ApiError {
    fn from(error: StopError) -> Self {
        match error {
            StopError::InvalidToken => {
                Self::new(ErrorCode::TokenRefused, "the link is not valid any more: the messages have ended already")
            }
            StopError::Attempt(error) => error.into(),
            StopError::Database(error) => error.into(),
        }
    }
}

/// The schedules of a saved report of one's own, the oldest first; at most 10.
#[utoipa::path(
    get, path = "/saved-reports/{savedReportId}/schedules", tag = "reports",
    responses((status = 200, body = Vec<ReportScheduleView>), (status = 404, description = "not_found"))
)]
pub(crate) async fn list_report_schedules(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let rows = reports::schedules(&mut conn, caller.0, report).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(ReportScheduleView::from).collect::<Vec<_>>()))
}

/// Makes a schedule of a saved report of one's own: it is sent by mail, as a file, to members of the workspace. The
/// file has what the member who saved the report may see at that moment. Addresses outside of the workspace are for
/// links.
#[utoipa::path(
    post, path = "/saved-reports/{savedReportId}/schedules", tag = "reports", request_body = CreateReportSchedule,
    responses(
        (status = 201, body = ReportScheduleView),
        (status = 400, description = "invalid_schedule, invalid_recipient, invalid_id, invalid_time_zone"),
        (status = 404, description = "not_found"),
        (status = 409, description = "limit_reached, unreadable_report, mail_not_set_up"),
    )
)]
pub(crate) async fn create_report_schedule(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    request: IdempotentRequest,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateReportSchedule>,
) -> ApiResult<HttpResponse> {
    let new = body.parse()?;
    let by = sender.by(caller.actor);
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            let notify = state.notify.as_ref();
            let made = reports::create_schedule(conn, notify, caller.0, report, &new, by, now).await;
            made.map(ReportScheduleView::from)
        })
        .await
}

/// Changes a schedule of a saved report of one's own, or pauses it.
#[utoipa::path(
    patch, path = "/saved-reports/{savedReportId}/schedules/{reportScheduleId}", tag = "reports",
    request_body = UpdateReportSchedule,
    responses(
        (status = 200, body = ReportScheduleView),
        (status = 400, description = "invalid_schedule, invalid_recipient, invalid_id, invalid_time_zone"),
        (status = 404, description = "not_found"),
        (status = 409, description = "unreadable_report, mail_not_set_up"),
    )
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
pub(crate) async fn update_report_schedule(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    PathId(id): PathId<ReportScheduleId>,
    sender: Sender,
    state: Data<AppState>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateReportSchedule>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let by = sender.by(caller.actor);
    let mut conn = state.db.conn().await?;
    let notify = state.notify.as_ref();
    let row = reports::update_schedule(&mut conn, notify, caller.0, (report, id), expected, &patch, by, now).await?;
    Ok(show(&ReportScheduleView::from(row)))
}

/// Deletes a schedule of a saved report of one's own.
#[utoipa::path(
    delete, path = "/saved-reports/{savedReportId}/schedules/{reportScheduleId}", tag = "reports",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_report_schedule(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    PathId(id): PathId<ReportScheduleId>,
    sender: Sender,
    pool: Pool,
    IfMatch(expected): IfMatch,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let by = sender.by(caller.actor);
    let mut conn = pool.0.conn().await?;
    reports::delete_schedule(&mut conn, caller.0, (report, id), expected, by, now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sends the report of a schedule to oneself alone, as a trial, as it would be sent now. The schedule stays as it is.
/// While a trial waits, another one adds nothing.
#[utoipa::path(
    post, path = "/saved-reports/{savedReportId}/schedules/{reportScheduleId}/send", tag = "reports",
    responses(
        (status = 202, description = "the server sends it"),
        (status = 404, description = "not_found"),
        (status = 409, description = "mail_not_set_up, no_email"),
    )
)]
pub(crate) async fn try_report_schedule(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    PathId(id): PathId<ReportScheduleId>,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = state.db.conn().await?;
    reports::try_schedule(&mut conn, state.notify.as_ref(), caller.0, (report, id), now).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Leads to the page that ends the messages of a schedule: mail programs open the address of `List-Unsubscribe` by
/// `GET` where they do not know RFC 8058. Nothing ends by it, because programs also open links to look at them.
#[utoipa::path(
    get, path = "/scheduled-reports/{stopToken}/stop", tag = "reports",
    responses((status = 303, description = "to the page"), (status = 404, description = "not_found"))
)]
pub(crate) async fn show_stop_page(
    _: Anyone,
    token: StopToken,
    _: QueryParameters<NoParameters>,
    state: Data<AppState>,
) -> ApiResult<HttpResponse> {
    let token = token.well_formed().ok_or_else(|| ApiError::not_found("link"))?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, state.mailer.links().to(&format!("{STOP_PAGE}#token={token}"))))
        .finish())
}

/// Takes the recipient whose link it is off the list of a schedule (RFC 8058). The body, if any, says nothing. The
/// owner of the schedule may add the member again.
#[utoipa::path(
    post, path = "/scheduled-reports/{stopToken}/stop", tag = "reports",
    responses(
        (status = 204, description = "the messages have ended"),
        (status = 403, description = "token_refused"),
        (status = 429, description = "too_many_attempts"),
    )
)]
pub(crate) async fn stop_scheduled_report(
    _: Anyone,
    token: StopToken,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    reports::stop_scheduled_report(&mut conn, &token.0, sender.address, now).await?;
    Ok(HttpResponse::NoContent().finish())
}
