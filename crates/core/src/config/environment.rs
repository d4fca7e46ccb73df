//! Where this process runs: the one setting on which defaults depend.

use super::variable::{DefaultValue, Variable};

pub(super) const ENV: Variable = Variable {
    name: "ENV",
    alias: Some("APP_ENV"),
    expected: "development, staging or production",
    default: DefaultValue::Always("development"),
    secret: false,
    about: "Where this process runs. It decides which `config/{ENV}.toml` is read and which defaults hold, so it can only be \
            set in the environment or by a secrets file, not in a `.toml` or in `.env`.",
};
