//! The migrations that there are: those built into the binary, or those of a directory.

use super::script::{Script, split};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use thiserror::Error;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations");

/// The digits that a migration's name begins with: year, month, day, hour, minute, second.
const VERSION_DIGITS: usize = 14;
/// `--to 005` is the fifth migration; anything longer is (the beginning of) a version.
const ORDINAL_DIGITS: usize = 4;

/// One change of the schema and the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The digits of the directory's name.
    pub version: String,
    /// The directory's name, `<version>_<verb_noun>`.
    pub name: String,
    /// The change.
    pub up: Script,
    /// The way back, if there is one.
    pub down: Option<Script>,
    /// Whether it happens as a whole or not at all. `metadata.toml` can say `run_in_transaction = false`.
    pub in_transaction: bool,
}

/// Migrations in the order of their versions.
#[derive(Debug, Clone)]
pub struct MigrationSet(Vec<Migration>);

/// A point in the order of migrations: everything up to here is applied, nothing after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Before the first.
    Empty,
    /// After the one with this version.
    Version(String),
}

/// The migrations cannot be read.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A directory or file is unreadable.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A directory's name is not `<14 digits>_<name>`.
    #[error("{0} is not named <14 digits>_<verb_noun>, as in 20260131120000_create_users")]
    Name(String),
    /// Two directories have the same version.
    #[error("{0} and {1} have the same version")]
    SameVersion(String, String),
    /// There is no `up.sql`.
    #[error("{0} has no up.sql")]
    NoUp(String),
    /// A file has no statement in it.
    #[error("{0} has no statement in it")]
    Blank(String),
    /// A file begins or ends a transaction, which is the migrator's business.
    #[error("{file}, line {line}: transactions are begun and ended by the migrator, not in the file")]
    TransactionControl {
        /// The file.
        file: String,
        /// The line.
        line: usize,
    },
    /// `metadata.toml` is wrong.
    #[error("{file}: {reason}")]
    Metadata {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is not a single migration.
    #[error("there are no migrations in {0}")]
    None(String),
}

/// `--to` names nothing, or too much.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TargetError {
    /// No migration is called so.
    #[error("{wanted} is no migration; there are 1 to {count}, {first} to {last}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// How many there are.
        count: usize,
        /// The first.
        first: String,
        /// The last.
        last: String,
    },
    /// Several begin so.
    #[error("{wanted} could be any of {}", .candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// What it may mean.
        candidates: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    run_in_transaction: bool,
}

impl MigrationSet {
    /// The migrations of `dir`, or those built in.
    ///
    /// # Errors
    /// When one of them is not in order.
    pub fn load(dir: Option<&Path>) -> Result<Self, LoadError> {
        let (read, origin) = match dir {
            None => (embedded(), "the binary".to_owned()),
            Some(dir) => (of_directory(dir)?, dir.display().to_string()),
        };
        let mut migrations = read.into_iter().map(Files::parse).collect::<Result<Vec<_>, _>>()?;
        migrations.sort_by(|a, b| a.version.cmp(&b.version));
        if let Some([a, b]) = migrations.array_windows().find(|[a, b]| a.version == b.version) {
            return Err(LoadError::SameVersion(a.name.clone(), b.name.clone()));
        }
        if migrations.is_empty() { Err(LoadError::None(origin)) } else { Ok(Self(migrations)) }
    }

    /// The migrations, oldest first. Never empty.
    #[must_use]
    pub fn all(&self) -> &[Migration] {
        &self.0
    }

    /// The version of the newest: what a binary with these migrations needs.
    #[must_use]
    pub fn required_version(&self) -> &str {
        self.0.last().map_or("", |last| &last.version)
    }

    /// The one with this version.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&Migration> {
        self.0.iter().find(|migration| migration.version == version)
    }

    /// A text that changes whenever the schema that they make does. Tests name their template database by it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for migration in &self.0 {
            digest.update(&migration.name);
            digest.update(&migration.up.text);
        }
        hex::encode(digest.finalize())
    }

    /// What `--to` means: an ordinal of up to four digits (`005`, and `0` for before the first), or the beginning of a
    /// name that no other shares.
    ///
    /// # Errors
    /// When it names no migration, or several.
    pub fn target(&self, wanted: &str) -> Result<Target, TargetError> {
        let unknown = || TargetError::Unknown {
            wanted: wanted.to_owned(),
            count: self.0.len(),
            first: self.0.first().map_or_else(String::new, |first| first.name.clone()),
            last: self.0.last().map_or_else(String::new, |last| last.name.clone()),
        };
        if wanted.len() <= ORDINAL_DIGITS
            && let Ok(ordinal) = wanted.parse::<usize>()
        {
            let Some(position) = ordinal.checked_sub(1) else { return Ok(Target::Empty) };
            let migration = self.0.get(position).ok_or_else(unknown)?;
            return Ok(Target::Version(migration.version.clone()));
        }
        let candidates: Vec<_> = self.0.iter().filter(|migration| migration.name.starts_with(wanted)).collect();
        match candidates.as_slice() {
            [] => Err(unknown()),
            [one] => Ok(Target::Version(one.version.clone())),
            several => Err(TargetError::Ambiguous {
                wanted: wanted.to_owned(),
                candidates: several.iter().map(|migration| migration.name.clone()).collect(),
            }),
        }
    }
}

/// The texts of one migration's files.
struct Files {
    /// The directory's name.
    name: String,
    up: Option<String>,
    down: Option<String>,
    metadata: Option<String>,
}

impl Files {
    fn parse(self) -> Result<Migration, LoadError> {
        let Self { name, up, down, metadata } = self;
        let (version, rest) = name.split_once('_').unwrap_or((&name, ""));
        let digits = version.len() == VERSION_DIGITS && version.bytes().all(|byte| byte.is_ascii_digit());
        let words = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !digits || !words {
            return Err(LoadError::Name(name));
        }
        let script = |file: &str, text: String| -> Result<Script, LoadError> {
            let file = format!("{name}/{file}");
            let statements = split(&text);
            let control = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"];
            if let Some(wrong) = statements.iter().find(|s| control.iter().any(|word| s.starts_with(&[word]))) {
                return Err(LoadError::TransactionControl { file, line: wrong.line });
            }
            if statements.is_empty() { Err(LoadError::Blank(file)) } else { Ok(Script { file, text, statements }) }
        };
        let in_transaction = metadata.map_or(Ok(true), |text| {
            config::Config::builder()
                .add_source(config::File::from_str(&text, config::FileFormat::Toml))
                .build()
                .and_then(config::Config::try_deserialize::<Metadata>)
                .map(|metadata| metadata.run_in_transaction)
                .map_err(|error| LoadError::Metadata {
                    file: format!("{name}/metadata.toml"),
                    reason: error.to_string(),
                })
        })?;
        let up = script("up.sql", up.ok_or_else(|| LoadError::NoUp(name.clone()))?)?;
        let down = down.map(|text| script("down.sql", text)).transpose()?;
        Ok(Migration { version: version.to_owned(), up, down, in_transaction, name })
    }
}

fn embedded() -> Vec<Files> {
    EMBEDDED
        .dirs()
        .map(|dir| {
            let text = |file: &str| EMBEDDED.get_file(dir.path().join(file))?.contents_utf8().map(str::to_owned);
            Files {
                name: dir.path().display().to_string(),
                up: text("up.sql"),
                down: text("down.sql"),
                metadata: text("metadata.toml"),
            }
        })
        .collect()
}

/// The directories in `dir`. Files beside them, such as the README, are none of our business, nor are hidden ones.
fn of_directory(dir: &Path) -> Result<Vec<Files>, LoadError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| LoadError::Unreadable { path, source }
    };
    let mut read = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.is_dir() || name.starts_with('.') {
            continue;
        }
        let text = |file: &str| {
            let path = path.join(file);
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(unreadable(&path)(error)),
            }
        };
        read.push(Files { up: text("up.sql")?, down: text("down.sql")?, metadata: text("metadata.toml")?, name });
    }
    Ok(read)
}
