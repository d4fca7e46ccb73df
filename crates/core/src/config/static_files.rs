//! The built client that the server hands out.

use std::path::PathBuf;

use super::reader::Reader;
use super::variable::{DefaultValue, Variable};

const STATIC_DIR: Variable = Variable {
    name: "STATIC_DIR",
    alias: None,
    expected: "the path of a directory",
    default: DefaultValue::Always("client/dist"),
    secret: false,
    about: "Where the built client lies. When there is nothing there, the server serves the API alone and says so in its log.",
};

pub(super) const VARIABLES: &[&Variable] = &[&STATIC_DIR];

/// The built client that the server hands out.
#[derive(Debug, Clone)]
pub struct StaticFilesConfig {
    /// Where it lies; the directory need not exist.
    pub dir: PathBuf,
}

impl StaticFilesConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let dir = reader.optional(&STATIC_DIR, |text| Ok(PathBuf::from(text)));
        Some(Self { dir: dir? })
    }
}
