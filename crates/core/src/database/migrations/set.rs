//! The migrations that there are: those built into the binary, or those of a directory.

use std::path::Path;
use std::{fmt, fs, io};

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use thiserror::Error;

use super::script::{Script, split};

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

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Migrations in the order of their versions.
#[derive(Debug)]
pub struct MigrationSet(Vec<Migration>);

/// A point in the order of migrations: everything up to here is applied, nothing after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Before the first.
    Empty,
    /// After the one with this version.
    Version(String),
}

impl Target {
    /// Whether a migration is among what is applied at this point.
    pub(super) fn includes(&self, version: &str) -> bool {
        matches!(self, Self::Version(last) if version <= last.as_str())
    }
}

/// The migrations are not in order. Displayed, it says which file, and what is wrong with it.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct LoadError(String);

/// `--to` names nothing, or too much. Displayed, it says what there is.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct TargetError(String);

/// What `metadata.toml` may say. diesel's own reading takes a file that it cannot parse for an empty one.
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
        let (mut migrations, origin) = match dir {
            None => (embedded()?, "the binary".to_owned()),
            Some(dir) => (of_directory(dir)?, dir.display().to_string()),
        };
        migrations.sort_by(|a, b| a.version.cmp(&b.version));
        if let Some([a, b]) = migrations.array_windows().find(|[a, b]| a.version == b.version) {
            return Err(LoadError(format!("{a} and {b} have the same version")));
        }
        if migrations.is_empty() {
            return Err(LoadError(format!("there are no migrations in {origin}")));
        }
        Ok(Self(migrations))
    }

    /// The migrations, oldest first. Never empty.
    #[must_use]
    pub fn all(&self) -> &[Migration] {
        &self.0
    }

    /// The one with this version.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&Migration> {
        self.0.iter().find(|migration| migration.version == version)
    }

    /// What `--to` means: an ordinal of up to four digits (`005`, and `0` for before the first), or the beginning of a
    /// name that no other shares.
    ///
    /// # Errors
    /// When it names no migration, or several.
    pub fn target(&self, wanted: &str) -> Result<Target, TargetError> {
        let named: Vec<_> = match wanted.parse::<usize>() {
            Ok(0) if wanted.len() <= ORDINAL_DIGITS => return Ok(Target::Empty),
            Ok(ordinal) if wanted.len() <= ORDINAL_DIGITS => self.0.get(ordinal - 1).into_iter().collect(),
            _ => self.0.iter().filter(|migration| migration.name.starts_with(wanted)).collect(),
        };
        match named.as_slice() {
            [one] => Ok(Target::Version(one.version.clone())),
            [] => {
                let ends: Vec<_> = self.0.first().into_iter().chain(self.0.last()).map(ToString::to_string).collect();
                let (count, ends) = (self.0.len(), ends.join(" to "));
                Err(TargetError(format!("{wanted} is no migration; there are 1 to {count}, {ends}")))
            }
            several => {
                let names: Vec<_> = several.iter().map(ToString::to_string).collect();
                Err(TargetError(format!("{wanted} could be any of {}", names.join(", "))))
            }
        }
    }
}

/// A migration from its directory's name and the texts of its files, which `read` gets.
fn parse(name: &str, read: impl Fn(&str) -> Result<Option<String>, LoadError>) -> Result<Migration, LoadError> {
    let (version, words) = name.split_once('_').unwrap_or((name, ""));
    let has_version = version.len() == VERSION_DIGITS && version.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !has_version || words.is_empty() || !words.bytes().all(is_word) {
        let rule = "is not named <14 digits>_<verb_noun>, as in 20260131120000_create_users";
        return Err(LoadError(format!("{name} {rule}")));
    }
    let script = |file: &str| {
        let Some(text) = read(file)? else { return Ok(None) };
        let (file, statements) = (format!("{name}/{file}"), split(&text));
        if statements.is_empty() {
            return Err(LoadError(format!("{file} has no statement in it")));
        }
        if let Some(wrong) = statements.iter().find(|statement| statement.controls_transactions()) {
            let rule = "transactions are begun and ended by the migrator, not in the file";
            return Err(LoadError(format!("{file}, line {}: {rule}", wrong.line)));
        }
        Ok(Some(Script { file, text, statements }))
    };
    let in_transaction = match read("metadata.toml")? {
        None => true,
        Some(text) => config::Config::builder()
            .add_source(config::File::from_str(&text, config::FileFormat::Toml))
            .build()
            .and_then(config::Config::try_deserialize)
            .map(|metadata: Metadata| metadata.run_in_transaction)
            .map_err(|error| LoadError(format!("{name}/metadata.toml: {error}")))?,
    };
    let up = script("up.sql")?.ok_or_else(|| LoadError(format!("{name} has no up.sql")))?;
    let down = script("down.sql")?;
    Ok(Migration { version: version.to_owned(), name: name.to_owned(), up, down, in_transaction })
}

fn embedded() -> Result<Vec<Migration>, LoadError> {
    let migration = |dir: &Dir<'_>| {
        parse(&dir.path().display().to_string(), |file| {
            let file = EMBEDDED.get_file(dir.path().join(file));
            Ok(file.and_then(|file| file.contents_utf8()).map(str::to_owned))
        })
    };
    EMBEDDED.dirs().map(migration).collect()
}

/// The directories in `dir`. Files beside them, such as the README, are none of our business, nor are hidden ones.
fn of_directory(dir: &Path) -> Result<Vec<Migration>, LoadError> {
    let unreadable = |path: &Path, error: &io::Error| LoadError(format!("{} cannot be read: {error}", path.display()));
    let mut migrations = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| unreadable(dir, &error))? {
        let path = entry.map_err(|error| unreadable(dir, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !path.is_dir() || name.starts_with('.') {
            continue;
        }
        let read = |file: &str| match fs::read_to_string(path.join(file)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&path.join(file), &error)),
        };
        migrations.push(parse(&name, read)?);
    }
    Ok(migrations)
}
