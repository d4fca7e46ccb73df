//! Variables that are set but not read: probably misspelt, or of a version to come.

use super::variable::Variable;

/// Names that belong to Clockwork and do nothing in this version, with what they are for. A `*` stands for any ending.
pub(super) const NOT_YET: &[(&str, &str)] = &[
    ("DATABASE_REPLICA_URL", "a read replica for reports"),
    ("DATABASE_STATEMENT_CACHE", "transaction-pooling proxies that do not know prepared statements"),
    ("SESSION_*", "sessions of accounts"),
    ("OIDC_*", "single sign-on"),
    ("SMTP_URL", "sending mail"),
    ("EMAIL_*", "sending mail"),
    ("STORAGE_*", "files"),
    ("AWS_*", "files in S3"),
];

/// Names that similar programs use, too far from ours for a spelling mistake, and what takes their place.
const INSTEAD: &[(&str, &str)] = &[
    ("ENVIRONMENT", "use ENV"),
    ("DATABASE_DRIVER", "PostgreSQL is the only database; use DATABASE_URL"),
    (
        "DATABASE_MAX_IDLE_CONNS",
        "use DATABASE_MIN_IDLE for connections that stay open, DATABASE_MAX_CONNS for the most",
    ),
    ("DATABASE_HOST", "use DATABASE_URL"),
    ("DATABASE_USER", "use DATABASE_URL"),
    ("DATABASE_PASSWORD", "use DATABASE_URL, or DATABASE_URL_FILE"),
    ("DATABASE_NAME", "use DATABASE_URL"),
    ("REDIS_MAX_RETRIES", "while Redis cannot be reached, each server counts for itself"),
];

/// The prefix that others set for their own purposes: a cluster's runtime puts AWS_REGION into every container.
const OF_OTHERS: &[&str] = &["AWS_*"];

/// What to say about the variables with these names that are set. `known` are those that are read.
pub(super) fn warnings<'a>(names: impl Iterator<Item = &'a String>, known: &[&'static Variable]) -> Vec<String> {
    names.filter_map(|name| warning(name, known)).collect()
}

fn warning(name: &str, known: &[&'static Variable]) -> Option<String> {
    let plain = name.strip_suffix("_FILE").unwrap_or(name);
    let all = || super::every_variable().flat_map(|variable| std::iter::once(variable.name).chain(variable.alias));
    if all().any(|known| known == name || known == plain) {
        return None;
    }
    if let Some((_, purpose)) =
        NOT_YET.iter().find(|(pattern, _)| !OF_OTHERS.contains(pattern) && covers(pattern, plain))
    {
        return Some(format!("{name} is set but does nothing in this version ({purpose})"));
    }
    if let Some((_, advice)) = INSTEAD.iter().find(|(instead_of, _)| *instead_of == plain) {
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
