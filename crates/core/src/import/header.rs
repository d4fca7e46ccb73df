//! The first record of a file: which columns there are, by name and in whatever order.

use super::records::Record;
use crate::values::clean_text;

/// The columns of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    folded: Vec<String>,
}

impl Header {
    /// Takes the names from a record, without the blanks around them.
    #[must_use]
    pub fn new(record: &Record) -> Self {
        let names: Vec<String> = record.iter().map(|name| clean_text::trim(name).to_owned()).collect();
        let folded = names.iter().map(|name| name.to_lowercase()).collect();
        Self { names, folded }
    }

    /// How many columns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names as the file writes them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The first column that has one of these names. They are given in lower case, the preferred one first.
    #[must_use]
    pub fn find(&self, synonyms: &[&str]) -> Option<Column> {
        let index = synonyms.iter().find_map(|synonym| self.folded.iter().position(|name| name == synonym))?;
        Some(Column { index, name: self.names.get(index)?.clone() })
    }

    /// Whether there is a column of this name, given in lower case.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.folded.iter().any(|folded| folded == name)
    }
}

/// A column that a source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Where it stands, from 0.
    pub index: usize,
    /// Its name as the file writes it, for messages.
    pub name: String,
}

impl Column {
    /// This column's cell of a record, without the blanks around it.
    #[must_use]
    pub fn of<'r>(&self, record: &'r Record) -> &'r str {
        clean_text::trim(record.get(self.index).unwrap_or_default())
    }
}
