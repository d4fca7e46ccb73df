//! Moving in from another tracker.
//!
//! The way of a file: [`text`] decodes it, [`records`] takes it apart, [`detect`] recognises who wrote it, a [`source`] turns each
//! record into a neutral row, and [`parser`] gathers these into a [`file`] whose entries have instants and keys. All of that is pure.
//!
//! A tracker is one file in `source/`. Nothing else here knows one.

pub mod cells;
pub mod dates;
pub mod detect;
pub mod file;
pub mod header;
pub mod key;
pub mod line;
pub mod parser;
pub mod problem;
pub mod records;
pub mod source;
pub mod text;
pub mod times;
pub mod zone;
