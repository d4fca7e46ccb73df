//! The chart: a bar for each stretch of time, the billable part of it darker, with the hours in numbers.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect};
use krilla::paint::Fill;
use krilla::surface::Surface;

use super::Bar;
use super::type_setting::{Align, Fonts};
use super::words::Words;

/// How high the chart is with its labels, in points.
pub(super) const HEIGHT: f32 = 130.0;
const LABELS: f32 = 14.0;
const TOP: f32 = 16.0;
const SIZE: f32 = 7.0;
const BAR_MAX: f32 = 36.0;

const DARK: (u8, u8, u8) = (38, 84, 168);
const LIGHT: (u8, u8, u8) = (158, 185, 228);
pub(super) const GREY: (u8, u8, u8) = (190, 190, 190);
pub(super) const BLACK: (u8, u8, u8) = (0, 0, 0);

/// Sets the colour of what is drawn next.
pub(super) fn colour(surface: &mut Surface<'_>, (red, green, blue): (u8, u8, u8)) {
    surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
}

/// Draws a rectangle.
pub(super) fn rectangle(surface: &mut Surface<'_>, left: f32, top: f32, width: f32, height: f32) {
    let Some(rect) = Rect::from_xywh(left, top, width, height) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Hours with one decimal.
#[expect(clippy::cast_precision_loss, reason = "a chart shows three digits")]
fn hours(seconds: i64) -> f32 {
    seconds as f32 / 3_600.0
}

/// Draws the bars into a rectangle that begins at a corner.
pub(super) fn draw(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    words: Words,
    bars: &[Bar],
    (left, top): (f32, f32),
    width: f32,
) {
    let longest = bars.iter().map(|bar| bar.seconds).max().unwrap_or_default().max(1);
    let (base, room) = (top + HEIGHT - LABELS - 4.0, HEIGHT - LABELS - TOP - 14.0);
    #[expect(clippy::cast_precision_loss, reason = "a page has few bars")]
    let step = width / bars.len().max(1) as f32;
    let bar_width = (step * 0.7).min(BAR_MAX);
    colour(surface, BLACK);
    fonts.regular.draw(surface, words.chart(), SIZE, (left, top + SIZE), (width, Align::Left));
    // Labels that would touch are left out.
    let widest = bars.iter().map(|bar| fonts.regular.width(&bar.label, SIZE)).fold(0.0, f32::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let every = ((widest + 4.0) / step).ceil().max(1.0) as usize;
    let shows_hours = fonts.regular.width("000.0", SIZE) <= step;
    for (number, bar) in bars.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a page has few bars")]
        let middle = left + step * (number as f32 + 0.5);
        let height = |seconds: i64| hours(seconds) / hours(longest) * room;
        colour(surface, LIGHT);
        rectangle(surface, middle - bar_width / 2.0, base - height(bar.seconds), bar_width, height(bar.seconds));
        colour(surface, DARK);
        rectangle(surface, middle - bar_width / 2.0, base - height(bar.billable), bar_width, height(bar.billable));
        colour(surface, BLACK);
        if shows_hours && bar.seconds > 0 {
            let text = words.decimal(format!("{:.1}", hours(bar.seconds)));
            let place = (middle - step / 2.0, base - height(bar.seconds) - 2.0);
            fonts.regular.draw(surface, &text, SIZE, place, (step, Align::Center));
        }
        if number % every == 0 {
            let place = (middle - step / 2.0, base + SIZE + 3.0);
            fonts.regular.draw(surface, &bar.label, SIZE, place, (step, Align::Center));
        }
    }
    if !shows_hours {
        let text = words.decimal(format!("max. {:.1}", hours(longest)));
        fonts.regular.draw(surface, &text, SIZE, (left, top + SIZE), (width, Align::Right));
    }
    colour(surface, GREY);
    rectangle(surface, left, base, width, 0.7);
    colour(surface, BLACK);
}
