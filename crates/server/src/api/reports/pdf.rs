//! Reports as PDF: read in one snapshot, written where threads may be busy, and sent as a whole.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::database::DbConn;
use clockwork_core::reports::export::{ExportKind, Paper, PdfStyle, write_pdf};
use clockwork_core::reports::{self, ReportQuery};
use clockwork_core::values::DisplayName;
use clockwork_core::values::settings::Language;
use utoipa::IntoParams;

use super::query::optional;
use crate::error::{ApiError, ApiResult};
use crate::extract::{FromQuery, UnreadParameters};
use crate::request::HeadRequest;

/// What a PDF is like.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct PdfQuery {
    /// With PDF, its title, 1 to 255 characters; `Time report` or `Time sheet` if left out.
    #[param(value_type = Option<String>, min_length = 1, max_length = 255)]
    title: Option<DisplayName>,
    /// With PDF, `a4` (if left out) or `letter`.
    #[param(value_type = Option<String>)]
    paper: Option<Paper>,
    /// With PDF, the language of its words, dates and decimals: `en` (if left out) or `de`.
    #[param(value_type = Option<String>)]
    language: Option<Language>,
    /// With PDF, whether there are lines for signatures at its end.
    signatures: Option<bool>,
}

impl FromQuery for PdfQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self {
            title: optional(parameters, "title", DisplayName::parse)?,
            paper: optional(parameters, "paper", Paper::parse)?,
            language: optional(parameters, "language", Language::parse)?,
            signatures: parameters.flag("signatures")?,
        })
    }
}

impl PdfQuery {
    /// The style; what the query leaves out is the default's.
    pub(super) fn style(&self) -> PdfStyle {
        let default = PdfStyle::default();
        PdfStyle {
            paper: self.paper.unwrap_or(default.paper),
            language: self.language.unwrap_or(default.language),
            signatures: self.signatures == Some(true),
            ..default
        }
    }

    fn title(&self) -> Option<String> {
        self.title.clone().map(String::from)
    }
}

/// What a document is made of.
pub(super) struct Document<'a> {
    pub(super) caller: Permit<needs::SeeEntries>,
    pub(super) query: &'a ReportQuery,
    pub(super) kind: ExportKind,
    pub(super) pdf: &'a PdfQuery,
    pub(super) style: PdfStyle,
}

/// Answers with a document. An answer to `HEAD` has been read, so that its errors are those of `GET`, and not written.
pub(super) async fn answer(
    request: &HttpRequest,
    mut response: HttpResponseBuilder,
    mut conn: DbConn,
    document: Document<'_>,
    now: DateTime<Utc>,
) -> ApiResult<HttpResponse> {
    let Document { caller, query, kind, pdf, style } = document;
    let report = reports::report_content(&mut conn, caller, query, kind, pdf.title(), style, now).await?;
    drop(conn);
    if request.extensions().contains::<HeadRequest>() {
        return Ok(response.finish());
    }
    let written = tokio::task::spawn_blocking(move || write_pdf(&report, style));
    let bytes = written.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    Ok(response.body(bytes))
}
