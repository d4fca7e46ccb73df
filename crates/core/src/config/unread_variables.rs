//! Variables that are set but not read: probably misspelt, or reserved for a later version.

use super::variable::Variable;

/// Names that are reserved for later versions, with their purpose. A `*` stands for any ending.
pub(super) const RESERVED: &[(&str, &str)] = &[
    ("DATABASE_REPLICA_URL", "a read replica for reports"),
    ("DATABASE_STATEMENT_CACHE", "transaction-pooling proxies that do not know prepared statements"),
    ("SESSION_SECRET*", "nothing: the secrets of sessions are random numbers"),
    ("SESSION_SECURE", "nothing: PUBLIC_URL and the proxies tell whether cookies are for https alone"),
    ("SESSION_SAME_SITE", "nothing: the cookies are Lax"),
    ("STORAGE_*", "files"),
    ("AWS_*", "files in S3"),
];

/// Names that similar programs use and that are no misspelling of a setting, with the setting to use instead.
const REPLACEMENTS: &[(&str, &str)] = &[
    ("ENVIRONMENT", "use ENV"),
    ("DATABASE_DRIVER", "PostgreSQL is the only database; use DATABASE_URL, or DATABASE_HOST"),
    (
        "DATABASE_MAX_IDLE_CONNS",
        "use DATABASE_MIN_IDLE for connections that stay open, DATABASE_MAX_CONNS for the most",
    ),
    ("REDIS_MAX_RETRIES", "while Redis cannot be reached, each server counts for itself"),
];

/// Prefixes that other programs set as well: a cluster's runtime sets AWS_REGION in every container.
const SHARED_PREFIXES: &[&str] = &["AWS_*"];

/// The warnings about variables that are set and not read. `known` are those that are read.
pub(super) fn warnings<'a>(names: impl Iterator<Item = &'a String>, known: &[&'static Variable]) -> Vec<String> {
    names.filter_map(|name| warning(name, known)).collect()
}

fn warning(name: &str, known: &[&'static Variable]) -> Option<String> {
    let plain = name.strip_suffix("_FILE").unwrap_or(name);
    let all = || super::every_variable().flat_map(|variable| std::iter::once(variable.name).chain(variable.alias));
    let here = known.iter().map(|variable| variable.name);
    if all().chain(here).any(|known| known == name || known == plain) {
        return None;
    }
    if let Some((_, purpose)) =
        RESERVED.iter().find(|(pattern, _)| !SHARED_PREFIXES.contains(pattern) && covers(pattern, plain))
    {
        return Some(format!("{name} is set but does nothing in this version ({purpose})"));
    }
    if let Some((_, advice)) = REPLACEMENTS.iter().find(|(instead_of, _)| *instead_of == plain) {
        return Some(format!("{name} is set but is not a setting: {advice}"));
    }
    // Short names are close to too many others: HOST and POST, ENV and ENB.
    let names = known.iter().map(|variable| variable.name).filter(|known| known.len() >= 8);
    let meant = names.into_iter().find(|known| strsim::damerau_levenshtein(known, plain) <= 2)?;
    Some(format!("{name} is set but is not a setting; {meant} is"))
}

fn covers(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}
