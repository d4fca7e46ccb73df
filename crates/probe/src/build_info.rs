//! Which build this is. A release sets it in the environment of the compiler; a build of a checkout does not.

use std::sync::LazyLock;

/// The version of this build: what `CLOCKWORK_VERSION` said when it was built, else the workspace's.
pub const VERSION: &str = match given(option_env!("CLOCKWORK_VERSION")) {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// The commit that it was built from, as `CLOCKWORK_REVISION` named it.
pub const REVISION: Option<&str> = given(option_env!("CLOCKWORK_REVISION"));

/// The time of that commit in RFC 3339, as `CLOCKWORK_CREATED` named it; not the time of the build, so that the same
/// sources make the same bytes.
pub const CREATED: Option<&str> = given(option_env!("CLOCKWORK_CREATED"));

/// How much of the commit's name tells builds apart.
const REVISION_LENGTH: usize = 12;

static DEPLOYMENT: LazyLock<String> = LazyLock::new(|| deployment_of(VERSION, REVISION));
static LINE: LazyLock<String> = LazyLock::new(|| line_of(VERSION, REVISION, CREATED));

/// A variable that is empty says nothing.
const fn given(value: Option<&'static str>) -> Option<&'static str> {
    match value {
        Some(text) if !text.is_empty() => value,
        _ => None,
    }
}

/// The build, as every answer names it: `1.2.3+0123456789ab`, or without a known commit `1.2.3`.
#[must_use]
pub fn deployment() -> &'static str {
    &DEPLOYMENT
}

/// What `--version` says behind the name of the program: `1.2.3 (0123456789ab, 2026-01-31T12:00:00Z)`.
#[must_use]
pub fn line() -> &'static str {
    &LINE
}

fn deployment_of(version: &str, revision: Option<&str>) -> String {
    match revision {
        Some(revision) => format!("{version}+{}", short(revision)),
        None => version.to_owned(),
    }
}

fn line_of(version: &str, revision: Option<&str>, created: Option<&str>) -> String {
    let more: Vec<_> = revision.map(short).into_iter().chain(created).collect();
    if more.is_empty() { version.to_owned() } else { format!("{version} ({})", more.join(", ")) }
}

fn short(revision: &str) -> &str {
    revision.get(..REVISION_LENGTH).unwrap_or(revision)
}

#[cfg(test)]
mod tests {
    use super::{deployment_of, line_of};

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_build_is_told_by_what_is_known_of_it() {
        let time = "2026-01-31T12:00:00Z";
        assert_eq!(deployment_of("1.2.3", Some(COMMIT)), "1.2.3+0123456789ab");
        assert_eq!(deployment_of("1.2.3", None), "1.2.3");
        assert_eq!(line_of("1.2.3", Some(COMMIT), Some(time)), "1.2.3 (0123456789ab, 2026-01-31T12:00:00Z)");
        assert_eq!(line_of("1.2.3", None, Some(time)), "1.2.3 (2026-01-31T12:00:00Z)");
        assert_eq!(line_of("1.2.3", Some("v1"), None), "1.2.3 (v1)");
        assert_eq!(line_of("1.2.3", None, None), "1.2.3");
    }
}
