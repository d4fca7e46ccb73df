//! PDF: a title, the filters, a chart, a table whose head is on every page, and numbers of pages. The font is embedded
//! as a subset and has Latin, Greek and Cyrillic letters; the text can be searched and copied.

mod chart;
mod pages;
mod type_setting;
mod words;

use krilla::Document;
use krilla::metadata::Metadata;

use self::pages::Pages;
use self::type_setting::Fonts;
pub(in crate::reports) use self::words::Words;
use super::content::{Bar, ReportContent};
use crate::values::settings::{DurationFormat, Language, choice};

choice!(
    /// The size of the paper.
    Paper {
        /// 210 x 297 mm.
        A4 = "a4",
        /// 8.5 x 11 inches.
        Letter = "letter",
    }
);

/// How a document looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfStyle {
    /// The size of the paper.
    pub paper: Paper,
    /// The language of titles, and the form of dates and decimals.
    pub language: Language,
    /// How durations are written. Rows add up to the total, whatever the format.
    pub durations: DurationFormat,
    /// Whether there are lines for signatures at the end.
    pub signatures: bool,
}

impl Default for PdfStyle {
    fn default() -> Self {
        Self {
            paper: Paper::A4,
            language: Language::English,
            durations: DurationFormat::HoursMinutes,
            signatures: false,
        }
    }
}

/// Why a document was not written.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be written: {0}")]
pub struct PdfError(String);

/// Writes a document. It takes some 25 bytes of memory for each character; call it where threads may be busy.
///
/// # Errors
/// When the library that writes it finds a mistake.
pub fn write_pdf(report: &ReportContent, style: PdfStyle) -> Result<Vec<u8>, PdfError> {
    let fonts = Fonts::load().ok_or_else(|| PdfError("its fonts cannot be read".to_owned()))?;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(report.title.clone())
            .language(style.language.as_str().to_owned())
            .creator("Clockwork".to_owned()),
    );
    Pages::new(report, style, &fonts).draw(&mut document).ok_or_else(|| PdfError("a page has no size".to_owned()))?;
    document.finish().map_err(|error| PdfError(format!("{error:?}")))
}
