//! No statement names a time zone: PostgreSQL's are of another age than the server's.

use std::fs;
use std::path::{Path, PathBuf};

/// What would bring PostgreSQL's time zones into a statement.
const WORDS: [&str; 4] = ["at time zone", "timezone(", "to_char(", "date_trunc("];

fn texts(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sql") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn no_statement_computes_with_time_zones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for dir in ["crates/core/src", "crates/server/src", "crates/migrator/src", "migrations"] {
        texts(&root.join(dir), &mut found);
    }
    assert!(found.len() > 100);
    for (path, text) in found {
        // Comments may speak of it.
        let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//") && !line.starts_with("--"));
        let code = lines.collect::<Vec<_>>().join(" ").to_lowercase();
        // A statement may break the line anywhere.
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        // chrono's, which knows fixed offsets only.
        let code = code.replace("with_timezone(", "");
        for word in WORDS {
            assert!(!code.contains(word), "{} has {word}", path.display());
        }
    }
}
