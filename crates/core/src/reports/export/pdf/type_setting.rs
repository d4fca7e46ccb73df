//! Letters and lines: how wide a text is, where it breaks, and how it gets onto a page.

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

/// Noto Sans with Latin, Greek and Cyrillic letters. Its licence stands beside the files.
const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../../assets/fonts/NotoSans-Bold.ttf");

/// The longest part of a text that is set, in characters.
const TEXT_MAX: usize = 500;

/// A font, and what is known of its letters.
pub(super) struct Face {
    font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

/// The two weights.
pub(super) struct Fonts {
    pub(super) regular: Face,
    pub(super) bold: Face,
}

/// Where a text stands between two edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

impl Fonts {
    pub(super) fn load() -> Option<Self> {
        Some(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)? })
    }
}

impl Face {
    fn load(data: &'static [u8]) -> Option<Self> {
        let font = Font::new(data.into(), 0)?;
        let parsed = FontRef::new(data).ok()?;
        let units = font.units_per_em();
        let metrics = parsed.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { font, charmap: parsed.charmap(), metrics, units })
    }

    /// The glyph of a character and its width in ems. What the font lacks is the box for unknown characters; copied
    /// text has the character all the same.
    fn glyph(&self, character: char) -> (u32, f32) {
        let id = self.charmap.map(character).unwrap_or_default();
        (id.to_u32(), self.metrics.advance_width(id).unwrap_or_default() / self.units)
    }

    /// How wide a text is, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|character| self.glyph(character).1).sum::<f32>() * size
    }

    /// A text as lines of at most this width, broken between words where that is possible. What does not fit into so
    /// many lines ends with an ellipsis.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32, max: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let mut word: String = word.chars().take(TEXT_MAX).collect();
            let joined = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
            if self.width(&joined, size) <= width {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            // A word that is wider than a line is cut.
            while self.width(&word, size) > width && lines.len() <= max {
                let cut = self.cut(&word, size, width);
                let rest = word.split_off(cut);
                lines.push(std::mem::replace(&mut word, rest));
            }
            line = word;
            if lines.len() > max {
                break;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() > max {
            lines.truncate(max);
            if let Some(last) = lines.last_mut() {
                let fits = self.cut(last, size, width - self.width("…", size));
                last.truncate(fits);
                last.push('…');
            }
        }
        lines
    }

    /// How many bytes of a text fit into a width: at least one character, so that cutting comes to an end.
    fn cut(&self, text: &str, size: f32, width: f32) -> usize {
        let mut used = 0.0;
        for (at, character) in text.char_indices() {
            used += self.glyph(character).1 * size;
            if used > width && at > 0 {
                return at;
            }
        }
        text.len()
    }

    /// Draws a line of text whose baseline is at `y`, between `left` and `left + width`.
    pub(super) fn draw(
        &self,
        surface: &mut Surface<'_>,
        text: &str,
        size: f32,
        (left, y): (f32, f32),
        (width, align): (f32, Align),
    ) {
        let free = width - self.width(text, size);
        let x = match align {
            Align::Left => left,
            Align::Center => left + free / 2.0,
            Align::Right => left + free,
        };
        let glyph = |(at, character): (usize, char)| {
            let (id, advance) = self.glyph(character);
            KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, at..at + character.len_utf8(), None)
        };
        let glyphs: Vec<KrillaGlyph> = text.char_indices().map(glyph).collect();
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, self.font.clone(), text, size, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing_but_what_an_ellipsis_stands_for() {
        let fonts = Fonts::load().unwrap();
        let face = &fonts.regular;
        let text = "Ångström Ελληνικά Русский and a-very-long-word-that-no-line-of-this-width-can-hold";
        let lines = face.lines(text, 8.0, 60.0, 20);
        assert!(lines.iter().all(|line| face.width(line, 8.0) <= 60.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        let cut = face.lines(text, 8.0, 60.0, 2);
        assert!(cut.len() == 2 && cut[1].ends_with('…') && face.width(&cut[1], 8.0) <= 60.0, "{cut:?}");
        assert!(face.lines("  ", 8.0, 60.0, 2).is_empty());
    }

    #[test]
    fn the_fonts_have_the_letters_of_europe() {
        let fonts = Fonts::load().unwrap();
        for character in "AzäßéğőřșțžŁøÞẞΑωάЖщёїґђ€£₴–—„“”‚‘’…№×".chars()
        {
            for face in [&fonts.regular, &fonts.bold] {
                assert_ne!(face.glyph(character).0, 0, "{character}");
            }
        }
    }
}
