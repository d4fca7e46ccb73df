//! The pages: what comes onto each of them, and drawing it.

use std::ops::Range;

use krilla::Document;
use krilla::page::PageSettings;
use krilla::surface::Surface;

use super::chart::{self, BLACK, GREY, colour, rectangle};
use super::type_setting::{Align, Fonts};
use super::words::Words;
use super::{Paper, PdfStyle};
use crate::reports::export::apportion::{apportioned, rounded};
use crate::reports::export::content::ReportContent;
use crate::reports::export::csv::{duration, unit};
use crate::reports::export::table::{Cell, Column, ColumnKind};

/// The space around a page, in points.
const MARGIN: f32 = 36.0;
/// The space of the foot.
const FOOT: f32 = 20.0;
/// Sizes of letters, in points.
const TITLE: f32 = 16.0;
const ABOUT: f32 = 9.0;
const BODY: f32 = 8.0;
/// From one line of a row to the next.
const LINE: f32 = 10.0;
/// Above and below a row, and on both sides of a cell.
const PADDING: f32 = 2.0;
/// Most lines of a cell.
const LINES_MAX: usize = 3;
/// From this many columns on the paper lies on its side.
const COLUMNS_UPRIGHT: usize = 7;
/// What the lines for signatures take.
const SIGNATURES: f32 = 70.0;
/// Columns that only programs need.
const NOT_PRINTED: [&str; 1] = ["id"];

/// A document before it is drawn.
pub(super) struct Pages<'a> {
    report: &'a ReportContent,
    style: PdfStyle,
    fonts: &'a Fonts,
    words: Words,
    /// The printed columns: where in a row, what, and how wide.
    columns: Vec<(usize, Column, f32)>,
    /// The printed durations of each column that has some.
    durations: Vec<(usize, Vec<i64>)>,
    size: (f32, f32),
}

impl<'a> Pages<'a> {
    pub(super) fn new(report: &'a ReportContent, style: PdfStyle, fonts: &'a Fonts) -> Self {
        let printed =
            report.columns.iter().copied().enumerate().filter(|(_, column)| !NOT_PRINTED.contains(&column.key));
        let columns: Vec<(usize, Column)> = printed.collect();
        let (short, long) = match style.paper {
            Paper::A4 => (595.28, 841.89),
            Paper::Letter => (612.0, 792.0),
        };
        let size = if columns.len() > COLUMNS_UPRIGHT { (long, short) } else { (short, long) };
        let mut pages = Self {
            report,
            style,
            fonts,
            words: Words::new(style.language),
            columns: Vec::new(),
            durations: Vec::new(),
            size,
        };
        pages.columns = pages.widths(&columns);
        pages.durations = columns.iter().filter_map(|(at, column)| pages.apportioned(*at, *column)).collect();
        pages
    }

    /// Columns of numbers take what they need, with their heads in each language; texts share the rest.
    fn widths(&self, columns: &[(usize, Column)]) -> Vec<(usize, Column, f32)> {
        let fixed = |column: &Column| match (column.kind, column.key) {
            (ColumnKind::Date, _) => Some(52.0),
            (ColumnKind::Time, _) => Some(36.0),
            (ColumnKind::Number, _) => Some(44.0),
            (ColumnKind::Duration, _) => Some(56.0),
            (ColumnKind::Amount, _) => Some(64.0),
            (ColumnKind::Text, "billable") => Some(50.0),
            (ColumnKind::Text, "currency") => Some(44.0),
            (ColumnKind::Text, _) => None,
        };
        let head = |column: &Column| self.fonts.bold.width(self.title(column), BODY) + 2.0 * PADDING;
        // Half a point, because the width of a text is a sum of rounded numbers.
        let fixed = |column: &Column| fixed(column).map(|width: f32| width.max(head(column) + 0.5));
        let weight = |column: &Column| if column.key == "description" { 2.0 } else { 1.0 };
        let taken: f32 = columns.iter().filter_map(|(_, column)| fixed(column)).sum();
        let shares: f32 = columns.iter().filter(|(_, column)| fixed(column).is_none()).map(|(_, c)| weight(c)).sum();
        let share = (self.inner_width() - taken) / f32::max(shares, 1.0);
        let width = |column: &Column| fixed(column).unwrap_or_else(|| share * weight(column));
        columns.iter().map(|(at, column)| (*at, *column, width(column))).collect()
    }

    fn title(&self, column: &Column) -> &'static str {
        self.words.column(column.key, column.title)
    }

    /// What stands above a column: its title, cut where it does not fit.
    fn head(&self, column: &Column, width: f32) -> String {
        let lines = self.fonts.bold.lines(self.title(column), BODY, width - 2.0 * PADDING, 1);
        lines.into_iter().next().unwrap_or_default()
    }

    fn inner_width(&self) -> f32 {
        self.size.0 - 2.0 * MARGIN
    }

    fn bottom(&self) -> f32 {
        self.size.1 - MARGIN - FOOT
    }

    /// The durations of a column as they are printed: they add up, unless entries are in several rows.
    fn apportioned(&self, at: usize, column: Column) -> Option<(usize, Vec<i64>)> {
        let seconds = |row: &Vec<Cell>| match row.get(at) {
            Some(Cell::Duration(seconds)) => *seconds,
            _ => 0,
        };
        let unit = unit(self.style.durations);
        let parts: Vec<i64> = self.report.rows.iter().map(seconds).collect();
        (column.kind == ColumnKind::Duration).then(|| {
            let overlapping = || parts.iter().map(|part| rounded(*part, unit)).collect();
            (at, if self.report.rows_overlap { overlapping() } else { apportioned(&parts, unit) })
        })
    }

    fn duration(&self, seconds: i64) -> String {
        self.words.decimal(duration(seconds, self.style.durations))
    }

    /// A cell as it is printed.
    fn text(&self, row: usize, at: usize, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Date(date) => self.words.date(*date),
            Cell::Time(_, local) => local.format("%H:%M").to_string(),
            Cell::Flag(flag) => self.words.yes(*flag).to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Duration(seconds) => {
                let column = self.durations.iter().find(|(column, _)| *column == at);
                self.duration(column.and_then(|(_, shown)| shown.get(row)).copied().unwrap_or(*seconds))
            }
            Cell::Amount(currency, amount) => self.words.decimal(currency.decimal(*amount)),
        }
    }

    /// The lines of each cell of a row.
    fn lines(&self, row: usize) -> Vec<Vec<String>> {
        let Some(cells) = self.report.rows.get(row) else { return Vec::new() };
        let lines = |(at, _, width): &(usize, Column, f32)| {
            let text = cells.get(*at).map(|cell| self.text(row, *at, cell)).unwrap_or_default();
            self.fonts.regular.lines(&text, BODY, width - 2.0 * PADDING, LINES_MAX)
        };
        self.columns.iter().map(lines).collect()
    }

    fn height(lines: &[Vec<String>]) -> f32 {
        let most = lines.iter().map(Vec::len).max().unwrap_or_default().max(1);
        #[expect(clippy::cast_precision_loss, reason = "a cell has few lines")]
        let most = most as f32;
        most * LINE + 2.0 * PADDING
    }

    /// The lines of the total: one, and one for each further currency.
    fn totals(&self) -> Vec<Vec<(usize, String)>> {
        let totals = &self.report.totals;
        let unit = unit(self.style.durations);
        let value = |column: &Column| match column.key {
            "entries" => Some(totals.entries.to_string()),
            "durationSeconds" => Some(self.duration(rounded(totals.duration_seconds, unit))),
            "billableSeconds" => Some(self.duration(rounded(totals.billable_seconds, unit))),
            "roundedSeconds" => Some(self.duration(rounded(totals.rounded_seconds, unit))),
            _ => None,
        };
        let place = |key: &str| self.columns.iter().position(|(_, column, _)| column.key == key);
        let numbered = self.columns.iter().enumerate();
        let mut first = vec![(0, self.words.total().to_owned())];
        first.extend(numbered.filter_map(|(place, (_, column, _))| Some((place, value(column)?))));
        let mut lines = vec![first];
        if let (Some(currency), Some(amount)) = (place("currency"), place("amount")) {
            for (number, (code, sum)) in self.report.worth.amounts.iter().enumerate() {
                let cells = [(currency, code.code().to_owned()), (amount, self.words.decimal(code.decimal(*sum)))];
                match lines.get_mut(number) {
                    Some(line) => line.extend(cells),
                    None => lines.push(cells.to_vec()),
                }
            }
        }
        lines
    }

    /// The lines below the title.
    fn about(&self) -> Vec<String> {
        let lines = |line: &String| self.fonts.regular.lines(line, ABOUT, self.inner_width(), LINES_MAX);
        self.report.about.iter().flat_map(lines).collect()
    }

    /// Where the table begins on the first page.
    fn first_top(&self, about: &[String]) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a page has few lines")]
        let lines = about.len() as f32;
        let chart = if self.report.bars.is_empty() { 0.0 } else { chart::HEIGHT + 8.0 };
        MARGIN + TITLE + 8.0 + lines * (ABOUT + 3.0) + 6.0 + chart
    }

    fn head_height() -> f32 {
        LINE + 2.0 * PADDING + 2.0
    }

    /// The rows of each page, and whether the totals and the signatures have a page of their own.
    fn distribute(&self, first_top: f32, end: f32) -> Vec<Range<usize>> {
        let mut pages = Vec::new();
        let (mut begin, mut y) = (0, first_top + Self::head_height());
        for row in 0..self.report.rows.len() {
            let height = Self::height(&self.lines(row));
            if y + height > self.bottom() {
                pages.push(begin..row);
                (begin, y) = (row, MARGIN + Self::head_height());
            }
            y += height;
        }
        pages.push(begin..self.report.rows.len());
        if y + end > self.bottom() {
            pages.push(self.report.rows.len()..self.report.rows.len());
        }
        pages
    }

    /// Draws all pages. `None` if the paper has no size.
    pub(super) fn draw(&self, document: &mut Document) -> Option<()> {
        let (about, totals) = (self.about(), self.totals());
        let first_top = self.first_top(&about);
        #[expect(clippy::cast_precision_loss, reason = "there are few currencies")]
        let total_height = (totals.len() + usize::from(self.report.rows_overlap)) as f32 * (LINE + PADDING) + 8.0;
        let end = total_height + if self.style.signatures { SIGNATURES } else { 0.0 };
        let pages = self.distribute(first_top, end);
        let count = pages.len();
        for (number, rows) in pages.into_iter().enumerate() {
            let mut page = document.start_page_with(PageSettings::from_wh(self.size.0, self.size.1)?);
            let mut surface = page.surface();
            colour(&mut surface, BLACK);
            let mut y = MARGIN;
            if number == 0 {
                self.draw_title(&mut surface, &about);
                y = first_top;
            }
            y = self.draw_head(&mut surface, y);
            for row in rows {
                y = self.draw_row(&mut surface, row, y);
            }
            if number + 1 == count {
                y = self.draw_totals(&mut surface, &totals, y);
                if self.style.signatures {
                    self.draw_signatures(&mut surface, y);
                }
            }
            self.draw_foot(&mut surface, number + 1, count);
            surface.finish();
            page.finish();
        }
        Some(())
    }

    fn draw_title(&self, surface: &mut Surface<'_>, about: &[String]) {
        let width = self.inner_width();
        let mut y = MARGIN + TITLE;
        let title = self.fonts.bold.lines(&self.report.title, TITLE, width, 1);
        title.iter().for_each(|line| self.fonts.bold.draw(surface, line, TITLE, (MARGIN, y), (width, Align::Left)));
        y += 8.0;
        for line in about {
            y += ABOUT + 3.0;
            self.fonts.regular.draw(surface, line, ABOUT, (MARGIN, y), (width, Align::Left));
        }
        if !self.report.bars.is_empty() {
            chart::draw(surface, self.fonts, self.words, &self.report.bars, (MARGIN, y + 6.0), width);
        }
    }

    fn align(column: &Column) -> Align {
        match column.kind {
            ColumnKind::Number | ColumnKind::Duration | ColumnKind::Amount => Align::Right,
            ColumnKind::Text | ColumnKind::Date | ColumnKind::Time => Align::Left,
        }
    }

    fn draw_head(&self, surface: &mut Surface<'_>, top: f32) -> f32 {
        let mut x = MARGIN;
        for (_, column, width) in &self.columns {
            let place = (x + PADDING, top + PADDING + BODY);
            let room = (width - 2.0 * PADDING, Self::align(column));
            self.fonts.bold.draw(surface, &self.head(column, *width), BODY, place, room);
            x += width;
        }
        rectangle(surface, MARGIN, top + Self::head_height() - 2.0, self.inner_width(), 0.8);
        top + Self::head_height()
    }

    fn draw_row(&self, surface: &mut Surface<'_>, row: usize, top: f32) -> f32 {
        let lines = self.lines(row);
        let mut x = MARGIN;
        for ((_, column, width), cell) in self.columns.iter().zip(&lines) {
            let mut y = top + PADDING + BODY;
            for line in cell {
                let inner = width - 2.0 * PADDING;
                self.fonts.regular.draw(surface, line, BODY, (x + PADDING, y), (inner, Self::align(column)));
                y += LINE;
            }
            x += width;
        }
        let bottom = top + Self::height(&lines);
        colour(surface, GREY);
        rectangle(surface, MARGIN, bottom - 0.3, self.inner_width(), 0.3);
        colour(surface, BLACK);
        bottom
    }

    fn draw_totals(&self, surface: &mut Surface<'_>, totals: &[Vec<(usize, String)>], top: f32) -> f32 {
        rectangle(surface, MARGIN, top + 1.0, self.inner_width(), 0.8);
        let mut y = top + 4.0;
        for line in totals {
            y += LINE + PADDING;
            for (place, text) in line {
                let left = MARGIN + self.columns.iter().take(*place).map(|(_, _, width)| width).sum::<f32>();
                let Some((_, column, width)) = self.columns.get(*place) else { continue };
                let inner = width - 2.0 * PADDING;
                // The word for the total may be wider than the first column.
                let align = if *place == 0 { Align::Left } else { Self::align(column) };
                self.fonts.bold.draw(surface, text, BODY, (left + PADDING, y - PADDING), (inner, align));
            }
        }
        if self.report.rows_overlap {
            y += LINE + PADDING;
            let place = (MARGIN + PADDING, y - PADDING);
            self.fonts.regular.draw(surface, self.words.overlap(), BODY, place, (self.inner_width(), Align::Left));
        }
        y + 4.0
    }

    fn draw_signatures(&self, surface: &mut Surface<'_>, top: f32) {
        let width = (self.inner_width() - 40.0) / 2.0;
        let mut left = MARGIN;
        for text in self.words.signatures() {
            rectangle(surface, left, top + 46.0, width, 0.6);
            self.fonts.regular.draw(surface, text, BODY, (left, top + 46.0 + LINE), (width, Align::Left));
            left += width + 40.0;
        }
    }

    fn draw_foot(&self, surface: &mut Surface<'_>, number: usize, of: usize) {
        let (width, y) = (self.inner_width(), self.size.1 - MARGIN);
        let title = self.fonts.regular.lines(&self.report.title, BODY, width / 2.0, 1);
        title.iter().for_each(|line| self.fonts.regular.draw(surface, line, BODY, (MARGIN, y), (width, Align::Left)));
        self.fonts.regular.draw(surface, &self.words.page(number, of), BODY, (MARGIN, y), (width, Align::Right));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::report::TimeTotals;
    use crate::reports::export::table::{detailed_columns, summary_columns};
    use crate::reports::tree::{Level, Worth};
    use crate::reports::words::Group;
    use crate::values::settings::Language;

    #[test]
    fn no_title_of_a_column_is_cut_in_any_language() {
        let fonts = Fonts::load().unwrap();
        let level = |group| Level { group, buckets: Vec::new() };
        let groups = [
            [Group::Category, Group::Description, Group::Member],
            [Group::Billable, Group::Weekday, Group::Quarter],
            [Group::Project, Group::Client, Group::Tag],
        ];
        let mut tables: Vec<_> = groups.map(|groups| summary_columns(&groups.map(level), true, true)).to_vec();
        tables.push(summary_columns(&[level(Group::Day)], false, false));
        tables.extend([detailed_columns(true, true), detailed_columns(false, false)]);
        for columns in tables {
            let report = ReportContent {
                title: String::new(),
                about: Vec::new(),
                bars: Vec::new(),
                columns,
                rows: Vec::new(),
                totals: TimeTotals::default(),
                worth: Worth::default(),
                rows_overlap: false,
            };
            for (language, paper) in [(Language::English, Paper::A4), (Language::German, Paper::Letter)] {
                let style = PdfStyle { language, paper, ..PdfStyle::default() };
                let pages = Pages::new(&report, style, &fonts);
                for (_, column, width) in &pages.columns {
                    assert_eq!(pages.head(column, *width), pages.title(column), "{language:?}");
                }
                let together: f32 = pages.columns.iter().map(|(_, _, width)| width).sum();
                assert!(together <= pages.inner_width() + 0.1, "{together}: the table fits the page");
            }
        }
    }
}
