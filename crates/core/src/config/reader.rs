//! Turns texts into typed values, section by section, and collects what is wrong instead of stopping at the first.

use std::collections::BTreeMap;
use std::fmt;

use config::{Map, Value};

use super::error::{ConfigError, InvalidSetting};
use super::sources::{Layer, LayerReader, SecretFile, Sources};
use super::values::Environment;
use super::variable::Variable;

/// The layer of values that are not set.
const DEFAULT_LAYER: &str = "default";

/// A variable's value in force and the layer it came from.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The variable.
    pub variable: &'static Variable,
    /// The value, as it may be shown: secrets are masked. `None` when there is none.
    pub shown: Option<String>,
    /// The layer.
    pub layer: String,
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.variable.name;
        match &self.shown {
            Some(value) => write!(f, "{name}={value}  # {}", self.layer),
            None => write!(f, "{name}=  # not set"),
        }
    }
}

/// A configuration, and how it came about.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The typed value.
    pub config: T,
    /// Every variable of it, in the order of the documentation, for `--print-config`.
    pub effective: Vec<Effective>,
    /// What is allowed but looks like a mistake; to be logged when logging is set up.
    pub warnings: Vec<String>,
}

/// Hands the sections their values.
pub(super) struct Reader {
    pub(super) environment: Environment,
    values: Map<String, Value>,
    problems: Vec<InvalidSetting>,
    effective: Vec<Effective>,
    warnings: Vec<String>,
    files: BTreeMap<&'static str, SecretFile>,
}

impl Reader {
    /// Reads all layers. What is wrong with them is reported by [`Reader::finish`], with the rest.
    pub(super) fn new(sources: &Sources, known: &[&'static Variable]) -> Self {
        let mut layers = LayerReader { sources, known, problems: Vec::new(), files: BTreeMap::new() };
        let environment = layers.environment();
        let dot_env = match environment {
            Environment::Development => layers.dot_env(),
            Environment::Staging | Environment::Production => BTreeMap::new(),
        };
        let mut defaults = Layer::default();
        for variable in known {
            if let Some(value) = variable.default.in_environment(environment) {
                defaults.set(variable, value, DEFAULT_LAYER);
            }
        }
        let merged = config::Config::builder()
            .add_source(defaults)
            .add_source(layers.file(environment))
            .add_source(layers.dot_env_layer(&dot_env))
            .add_source(layers.process_environment(&dot_env))
            .add_source(layers.secrets_files(&dot_env))
            .build()
            .and_then(|merged| config::Source::collect(&merged));
        let LayerReader { mut problems, files, .. } = layers;
        let values = merged.unwrap_or_else(|error| {
            problems.push(InvalidSetting {
                subject: "configuration".to_owned(),
                layer: None,
                found: error.to_string(),
                expected: "layers that can be merged".to_owned(),
            });
            Map::new()
        });
        let warnings = super::unread_variables::warnings(sources.environment.keys().chain(dot_env.keys()), known);
        Self { environment, values, problems, effective: Vec::new(), warnings, files }
    }

    /// The value of `variable`, or `None` when it has none, or a wrong one, which is noted.
    ///
    /// `parse` answers what it found wrong with the text; the text itself is added unless the variable is secret.
    pub(super) fn optional<T>(
        &mut self,
        variable: &'static Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.optional_shown(variable, parse, |_, text| text.to_owned())
    }

    /// Like [`Reader::optional`], for a value of which a part may be shown although it is secret.
    pub(super) fn optional_shown<T>(
        &mut self,
        variable: &'static Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
        show: impl FnOnce(&T, &str) -> String,
    ) -> Option<T> {
        let Some(value) = self.values.get(variable.name).cloned() else {
            self.effective.push(Effective { variable, shown: None, layer: String::new() });
            if variable.default.is_required(self.environment) {
                self.problem(variable, None, format!("not set, and required in {}", self.environment));
            }
            return None;
        };
        let layer = value.origin().unwrap_or_default().to_owned();
        let text = value.into_string().unwrap_or_default();
        match parse(&text) {
            Ok(value) => {
                let shown = Some(show(&value, &text));
                self.effective.push(Effective { variable, shown, layer });
                Some(value)
            }
            Err(reason) => {
                let found = match (variable.secret, reason.is_empty()) {
                    (true, true) => "found something else".to_owned(),
                    (true, false) => reason,
                    (false, true) => format!("found {text:?}"),
                    (false, false) => format!("found {text:?}, {reason}"),
                };
                self.problem(variable, Some(layer), found);
                None
            }
        }
    }

    /// The secrets file that the value of `variable` came from, if it came from one.
    pub(super) fn file_of(&self, variable: &Variable) -> Option<SecretFile> {
        self.files.get(variable.name).cloned()
    }

    /// Where the process runs, as far as it can be told.
    pub(super) fn environment(&self) -> Environment {
        self.environment
    }

    /// Whether `variable`, which was read, has its default.
    pub(super) fn is_default(&self, variable: &Variable) -> bool {
        self.values.get(variable.name).and_then(Value::origin).is_none_or(|layer| layer == DEFAULT_LAYER)
    }

    /// Notes that `variable` counts as not set, whatever its value.
    pub(super) fn pass_over(&mut self, variable: &'static Variable) {
        self.effective.push(Effective { variable, shown: None, layer: String::new() });
    }

    /// Adds something that is allowed but looks like a mistake.
    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(super) fn problem(&mut self, variable: &Variable, layer: Option<String>, found: String) {
        let (subject, expected) = (variable.name.to_owned(), variable.expected.to_owned());
        let problem = InvalidSetting { subject, layer, found, expected };
        let is_new = |other: &InvalidSetting| other.subject != problem.subject || other.layer != problem.layer;
        if self.problems.iter().all(is_new) {
            self.problems.push(problem);
        }
    }

    pub(super) fn has_problem(&self, variable: &Variable) -> bool {
        self.problems.iter().any(|problem| problem.subject == variable.name)
    }

    /// The configuration, if nothing was wrong.
    pub(super) fn finish<T>(self, config: Option<T>) -> Result<Loaded<T>, ConfigError> {
        match config {
            Some(config) if self.problems.is_empty() => {
                Ok(Loaded { config, effective: self.effective, warnings: self.warnings })
            }
            _ => Err(ConfigError { problems: self.problems }),
        }
    }
}
