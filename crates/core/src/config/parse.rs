//! Texts to plain values, for the sections. Each function answers what is wrong with the text, or nothing when the
//! variable's own `expected` says it all.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// `true` or `false`, also as `on`/`off`, `yes`/`no`, `1`/`0`, which is what charts and compose files write.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(String::new()),
    }
}

/// A whole number in `range`.
pub(super) fn number<T>(range: RangeInclusive<T>) -> impl FnOnce(&str) -> Result<T, String>
where
    T: FromStr + PartialOrd,
{
    move |text| text.parse().ok().filter(|number| range.contains(number)).ok_or_else(String::new)
}

/// A time span such as `500ms`, `5s`, `1m` or `1m 30s`, in `range`.
pub(super) fn duration(range: RangeInclusive<Duration>) -> impl FnOnce(&str) -> Result<Duration, String> {
    move |text| {
        let parsed = humantime::parse_duration(text).map_err(|error| error.to_string())?;
        if range.contains(&parsed) { Ok(parsed) } else { Err(String::new()) }
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(words: &[(&str, T)]) -> impl FnOnce(&str) -> Result<T, String> {
    move |text| words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(String::new)
}
