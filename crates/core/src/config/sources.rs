//! The layers that values come from, low to high: `config/{ENV}.toml`, `.env` (development only), the environment,
//! secrets files. Each value remembers its layer, for error messages and `--print-config`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use config::{Map, Source, Value, ValueKind};

use super::environment::ENV;
use super::error::InvalidSetting;
use super::values::Environment;
use super::variable::Variable;

/// Where to look for values. Tests give their own; a binary uses [`Sources::of_process`].
#[derive(Debug, Clone)]
pub struct Sources {
    /// The environment's variables.
    pub environment: BTreeMap<String, OsString>,
    /// The directory with `config/` and `.env` in it.
    pub directory: PathBuf,
    /// The directory with one file per secret.
    pub secrets: PathBuf,
}

impl Sources {
    /// The real environment, the working directory and `/run/secrets`.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            environment: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .collect(),
            directory: PathBuf::new(),
            secrets: PathBuf::from("/run/secrets"),
        }
    }
}

/// A file that holds one secret and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile(PathBuf);

impl SecretFile {
    /// What is in it now, without the end of its line.
    ///
    /// # Errors
    /// When it cannot be read, or is empty. The reason holds nothing of what is in the file.
    pub fn read(&self) -> Result<String, String> {
        let text = std::fs::read_to_string(&self.0).map_err(|error| format!("the file cannot be read: {error}"))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err("the file is empty".to_owned()),
            text => Ok(text.to_owned()),
        }
    }
}

impl fmt::Display for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

/// The values of one layer, by the canonical names of their variables.
#[derive(Debug, Clone, std::default::Default)]
pub(super) struct Layer(Map<String, Value>);

impl Layer {
    pub(super) fn set(&mut self, variable: &Variable, value: &str, origin: &str) {
        self.0.insert(
            variable.name.to_owned(),
            Value::new(Some(&origin.to_owned()), ValueKind::String(value.to_owned())),
        );
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        Ok(self.0.clone())
    }
}

/// Reads layers, and notes what is wrong with them and what is odd about them.
pub(super) struct LayerReader<'a> {
    pub(super) sources: &'a Sources,
    pub(super) known: &'a [&'static Variable],
    pub(super) problems: Vec<InvalidSetting>,
    /// The secrets files that were read, by the names of their variables.
    pub(super) files: BTreeMap<&'static str, SecretFile>,
}

impl LayerReader<'_> {
    /// `ENV` alone, because the other layers depend on it.
    pub(super) fn environment(&mut self) -> Environment {
        let (mut layer, secrets) = (self.process_environment(&BTreeMap::new()), self.secrets_files(&BTreeMap::new()));
        layer.0.extend(secrets.0);
        self.problems.clear(); // They are found again when all layers are read.
        let Some(value) = layer.0.remove(ENV.name) else { return Environment::Development };
        let origin = value.origin().map(str::to_owned);
        let text = value.into_string().unwrap_or_default();
        Environment::parse(&text).unwrap_or_else(|| {
            self.problem(&ENV, origin, format!("found {text:?}"));
            Environment::Development
        })
    }

    /// `config/{ENV}.toml`: committed, so it may hold no secret, and an unknown name is a mistake.
    pub(super) fn file(&mut self, environment: Environment) -> Layer {
        let path = self.sources.directory.join("config").join(format!("{environment}.toml"));
        let mut layer = Layer::default();
        if !path.exists() {
            return layer;
        }
        let origin = path.display().to_string();
        let table = match config::File::from(path).format(config::FileFormat::Toml).collect() {
            Ok(table) => table,
            Err(error) => {
                self.problems.push(InvalidSetting {
                    subject: origin,
                    layer: None,
                    found: error.to_string().replace('\n', " "),
                    expected: "a file in TOML format".to_owned(),
                });
                return layer;
            }
        };
        for (key, value) in table {
            let known = self.known.iter().find(|variable| variable.name.to_lowercase() == key);
            let complaint = match (known, value.into_string()) {
                (None, _) => {
                    Some(("found a key that is not a setting", "names from docs/CONFIGURATION.md, in lower case"))
                }
                (Some(variable), _) if variable.name == ENV.name => {
                    Some(("set in the file that it chooses", "it in the environment"))
                }
                (Some(variable), _) if variable.secret => {
                    Some(("a secret in a committed file", "it in the environment or in a secrets file"))
                }
                (Some(_), Err(_)) => Some(("found a table or a list", "a text, a number or a boolean")),
                (Some(variable), Ok(text)) => {
                    layer.set(variable, &text, &origin);
                    None
                }
            };
            if let Some((found, expected)) = complaint {
                self.problems.push(InvalidSetting {
                    subject: key,
                    layer: Some(origin.clone()),
                    found: found.to_owned(),
                    expected: expected.to_owned(),
                });
            }
        }
        layer
    }

    /// The names and values of `.env`, without judging them.
    pub(super) fn dot_env(&mut self) -> BTreeMap<String, OsString> {
        let path = self.dot_env_path();
        let mut values = BTreeMap::new();
        if !path.exists() {
            return values;
        }
        let complain = |problems: &mut Vec<InvalidSetting>, found: String| {
            problems.push(InvalidSetting {
                subject: path.display().to_string(),
                layer: None,
                found,
                expected: "lines of the form NAME=value".to_owned(),
            });
        };
        let lines = match dotenvy::from_path_iter(&path) {
            Ok(lines) => lines,
            Err(error) => {
                complain(&mut self.problems, format!("cannot be read: {error}"));
                return values;
            }
        };
        for line in lines {
            match line {
                Ok((name, value)) => {
                    values.insert(name, OsString::from(value));
                }
                // The error holds the line, and the line may hold a secret: only its position is told.
                Err(_) => {
                    complain(&mut self.problems, format!("a line after {} good ones cannot be read", values.len()));
                }
            }
        }
        values
    }

    /// `.env`: what a programmer sets for this checkout.
    pub(super) fn dot_env_layer(&mut self, values: &BTreeMap<String, OsString>) -> Layer {
        let origin = self.dot_env_path().display().to_string();
        if values.contains_key(ENV.name) || ENV.alias.is_some_and(|alias| values.contains_key(alias)) {
            self.problem(&ENV, Some(origin.clone()), "set in a file that is read in development only".to_owned());
        }
        self.named(values, &origin)
    }

    /// The environment. `.env` is needed to see whether NAME_FILE there contradicts NAME here.
    pub(super) fn process_environment(&mut self, dot_env: &BTreeMap<String, OsString>) -> Layer {
        let environment = &self.sources.environment;
        for variable in self.known {
            let file = format!("{}_FILE", variable.name);
            let set =
                |name: &str| [environment, dot_env].iter().any(|layer| layer.get(name).is_some_and(|v| !v.is_empty()));
            if set(&file) && (set(variable.name) || variable.alias.is_some_and(set)) {
                self.problem(variable, None, format!("set both itself and by {file}"));
            }
        }
        self.named(environment, "environment")
    }

    /// Secrets files: `/run/secrets/<name in lower case>`, and above them those that `NAME_FILE` points to.
    pub(super) fn secrets_files(&mut self, dot_env: &BTreeMap<String, OsString>) -> Layer {
        let mut layer = Layer::default();
        for variable in self.known {
            let pointer = format!("{}_FILE", variable.name);
            let named = self
                .sources
                .environment
                .get(&pointer)
                .or_else(|| dot_env.get(&pointer))
                .filter(|path| !path.is_empty());
            let (path, origin) = match named {
                Some(path) => (PathBuf::from(path), format!("{pointer}={}", Path::new(path).display())),
                None => {
                    let path = self.sources.secrets.join(variable.name.to_lowercase());
                    if !path.is_file() {
                        continue;
                    }
                    let origin = path.display().to_string();
                    (path, origin)
                }
            };
            let file = SecretFile(path);
            match file.read() {
                Ok(text) => {
                    layer.set(variable, &text, &origin);
                    self.files.insert(variable.name, file);
                }
                Err(reason) => self.problem(variable, Some(origin), reason),
            }
        }
        layer
    }

    /// The variables among `values`, by name or alias. An empty text means unset, as in `docker run -e NAME=`.
    fn named(&mut self, values: &BTreeMap<String, OsString>, origin: &str) -> Layer {
        let mut layer = Layer::default();
        for variable in self.known {
            let mut taken: Option<&OsString> = None;
            for name in std::iter::once(variable.name).chain(variable.alias) {
                let Some(value) = values.get(name).filter(|value| !value.is_empty()) else { continue };
                let origin = if name == variable.name { origin.to_owned() } else { format!("{origin}, as {name}") };
                match (taken, value.to_str()) {
                    (Some(other), _) if other != value => {
                        let found = format!("{} and {name} say different things", variable.name);
                        self.problem(variable, Some(origin), found);
                    }
                    (Some(_), _) => {}
                    (None, None) => self.problem(variable, Some(origin), "found text that is not UTF-8".to_owned()),
                    (None, Some(text)) => layer.set(variable, text, &origin),
                }
                taken = Some(value);
            }
        }
        layer
    }

    fn dot_env_path(&self) -> PathBuf {
        self.sources.directory.join(".env")
    }

    fn problem(&mut self, variable: &Variable, layer: Option<String>, found: String) {
        let subject = variable.name.to_owned();
        self.problems.push(InvalidSetting { subject, layer, found, expected: variable.expected.to_owned() });
    }
}
