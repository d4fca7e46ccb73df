//! Words that are shown to people.

/// Cuts `text` to a number of characters that can be shown, and says so with an ellipsis.
#[must_use]
pub fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
