//! `docs/CONFIGURATION.md`, written from the declarations of the variables.

use std::fmt::Write;

use super::unread_variables::RESERVED;
use super::variable::{DefaultValue, Variable};
use super::{EXIT_CODE, SECTIONS, oidc};

/// The text of `docs/CONFIGURATION.md`. `just config-docs` writes it; a test compares.
#[must_use]
pub fn documentation() -> String {
    let mut text = format!("{INTRODUCTION}\nA wrong value stops the start with exit code {EXIT_CODE} {CHECKING}");
    for (title, variables) in SECTIONS {
        let _ = write!(text, "\n## {title}\n");
        for variable in *variables {
            describe(&mut text, variable);
        }
    }
    text.push_str("\n## Single sign-on\n");
    oidc::VARIABLES.iter().for_each(|variable| describe(&mut text, variable));
    text.push_str(RESERVED_INTRODUCTION);
    for (name, purpose) in RESERVED {
        let _ = writeln!(text, "- `{name}`: {purpose}");
    }
    text
}

fn describe(text: &mut String, variable: &Variable) {
    let _ = write!(text, "\n### {}\n\n{}\n\n", variable.name, variable.about);
    let _ = writeln!(text, "- Value: {}", variable.expected);
    let _ = writeln!(text, "- Default: {}", default(variable.default));
    if let Some(alias) = variable.alias {
        let _ = writeln!(text, "- Also accepted as: `{alias}`");
    }
    if variable.secret {
        let _ = writeln!(text, "- Secret: never shown, and refused in `config/*.toml`");
    }
}

fn default(default: DefaultValue) -> String {
    let quoted = |value: &str| if value.is_empty() { "none".to_owned() } else { format!("`{value}`") };
    match default {
        DefaultValue::Unset(meaning) => meaning.to_owned(),
        DefaultValue::Always(value) => quoted(value),
        DefaultValue::Development(value, elsewhere) => {
            format!("{} in development, {} elsewhere", quoted(value), quoted(elsewhere))
        }
        DefaultValue::Production(value, elsewhere) => {
            format!("{} in production, {} elsewhere", quoted(value), quoted(elsewhere))
        }
        DefaultValue::RequiredOutsideDevelopment(_, meaning) => {
            format!("{meaning} in development; required in staging and production")
        }
    }
}

const INTRODUCTION: &str = "\
<!-- Generated from crates/core/src/config by `just config-docs`. Do not edit: a test compares. -->

# Configuration

Every setting is a variable. A value comes from the highest of these layers that has one:

1. secrets files: `NAME_FILE=/path/to/file` for any NAME below, then `/run/secrets/<name in lower case>` when it exists
   (Docker and Swarm secrets, mounted Kubernetes secrets); line ends at the end of the file are dropped
2. the environment
3. `.env` in the working directory, in development only
4. `config/{ENV}.toml` below the working directory, with the names in lower case; no secrets
5. the default

An empty value counts as not set. A variable set both as NAME and as NAME_FILE is an error.
";

const CHECKING: &str = "\
and one message that lists every problem, with the variable, the
layer it came from and what was expected. `server --check-config` does only this check; `server --print-config` prints the
values in force, each with its layer and with secrets masked.
A variable that is set but looks misspelt is a warning in the log.
";

const RESERVED_INTRODUCTION: &str = "
## Not yet

These names are reserved for versions to come. Setting them does nothing now, and the server warns of it (except for those
that other programs use as well, `AWS_*`).

";
