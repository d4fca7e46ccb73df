//! Text as it comes in: in one normal form, and without what cannot be seen at its ends.
//!
//! Systems write one letter in different ways: macOS decomposes `é` into `e` and an accent, and nearly all others do
//! not. Unicode calls both canonically equal (UAX #15), people see no difference, and bytes differ. So names,
//! descriptions and what is searched for are brought to Normalization Form C where they come in. Rows of earlier
//! releases stay as they are: SQL compares names by `fold_name`, which normalises, and looks for descriptions in both
//! forms.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::DefaultIgnorableCodePoint;
use icu_properties::{CodePointSetData, CodePointSetDataBorrowed};

const COMPOSING: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const DECOMPOSING: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();
const IGNORABLE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();

/// The text in Normalization Form C.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { COMPOSING.normalize(text) }
}

/// The text in Normalization Form D.
#[must_use]
pub fn decomposed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { DECOMPOSING.normalize(text) }
}

/// Whether nothing is seen of a character that stands alone: white space, what Unicode lets displays ignore (zero width
/// spaces and joiners, soft hyphens, byte order marks, marks of direction, fillers), and what fonts draw as nothing.
#[must_use]
pub fn is_blank(character: char) -> bool {
    match character {
        ' '..='~' => character == ' ',
        // The braille pattern without dots, annotation anchors, and the format controls of hieroglyphs.
        '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' => true,
        _ => character.is_whitespace() || IGNORABLE.contains(character),
    }
}

/// The text without blank characters around it. Inside it they stay: joiners make one emoji of several, and some
/// scripts need them. So does at its end what changes the character before it.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_start_matches(is_blank).trim_end_matches(|character| is_blank(character) && !changes_previous(character))
}

/// Variation selectors, the tags that make flags of regions, and the filler that a Korean syllable without a vowel has.
fn changes_previous(character: char) -> bool {
    matches!(
        character,
        '\u{1160}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_what_cannot_be_seen() {
        let invisible = [
            "\u{200b}",
            "\u{2060}",
            "\u{2800}",
            "\u{ad}",
            "\u{feff}",
            "\u{200e}",
            "\u{200f}",
            "\u{200c}",
            "\u{200d}",
            "\u{34f}",
            "\u{61c}",
            "\u{115f}",
            "\u{1160}",
            "\u{17b4}",
            "\u{180e}",
            "\u{202a}",
            "\u{2066}",
            "\u{2069}",
            "\u{3164}",
            "\u{fe0f}",
            "\u{ffa0}",
            "\u{fffa}",
            "\u{e0001}",
            "\u{e0020}",
            "\u{e0100}",
            "\u{a0}",
            "\u{3000}",
            "\u{2028}",
            "\t",
            "",
        ];
        for text in invisible {
            assert_eq!(trim(text), "", "{text:?}");
            assert_eq!(trim(&text.repeat(3)), "", "{text:?}");
        }
        assert_eq!(trim(&invisible.concat()), "");
        for text in ["a", "~", "é", "\u{301}", "中", "\u{600}", "\u{fffd}", "\u{e000}", "🦀"] {
            assert_eq!(trim(text), text);
        }
    }

    #[test]
    fn what_belongs_to_a_character_stays() {
        for text in [
            "👩\u{200d}💻",
            "❤\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "نمی\u{200c}خواهم",
            "a\u{ad}b",
            "葛\u{e0100}",
        ] {
            assert_eq!(trim(text), text);
            assert_eq!(trim(&format!("\u{feff} {text}\u{200b} \u{2060}")), text);
        }
    }

    #[test]
    fn canonically_equal_texts_become_one() {
        assert_eq!(composed("Cafe\u{301}"), "Café");
        assert_eq!(decomposed("Café"), "Cafe\u{301}");
        assert_eq!(composed("\u{212b}ngstro\u{308}m"), "Ångström");
        assert_eq!(composed("ﬁ①"), "ﬁ①", "compatible is not equal");
        assert!(matches!(composed("Café"), Cow::Borrowed(_)));
    }
}
