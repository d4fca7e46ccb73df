//! The database: its schema as diesel sees it, and what its errors mean.

pub mod constraint;
#[expect(missing_docs, reason = "generated from the migrations, which say what tables and columns mean")]
pub mod schema;
