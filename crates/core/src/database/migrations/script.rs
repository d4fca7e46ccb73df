//! SQL files as single statements, so that the one that fails can be named, and so that statements which must run
//! outside any transaction do: PostgreSQL wraps several statements that are sent together in one.

/// The text of a file and its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The file, as it is named in messages.
    pub file: String,
    /// Its whole text.
    pub text: String,
    /// Its statements, in order. Never empty.
    pub statements: Vec<Statement>,
}

/// One statement of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The line that it begins on, counted from 1.
    pub line: usize,
    /// Its text, without comments before it and the semicolon after it.
    pub sql: String,
}

impl Statement {
    /// Whether it begins or ends a transaction.
    pub(super) fn controls_transactions(&self) -> bool {
        let first = token(&self.sql).to_ascii_uppercase();
        let control = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"];
        control.contains(&first.as_str())
    }

    /// Whether it builds or removes something beside running work, as `CREATE INDEX CONCURRENTLY` does.
    pub(super) fn is_concurrent(&self) -> bool {
        self.sql.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("CONCURRENTLY"))
    }
}

/// The statements of `text`, by PostgreSQL's lexical rules: a semicolon within a string, a quoted name, a dollar-quoted
/// body, a comment or a `BEGIN ATOMIC … END` body does not end a statement.
pub(super) fn split(text: &str) -> Vec<Statement> {
    let (mut statements, mut start, mut at) = (Vec::new(), None, 0);
    // How many BEGIN ATOMIC and CASE of an SQL body are open, and the token before.
    let (mut open, mut previous) = (0_usize, "");
    loop {
        let token = token(text.get(at..).unwrap_or_default());
        let is = |word: &str| token.eq_ignore_ascii_case(word);
        if token.is_empty() || (token == ";" && open == 0) {
            if let Some(start) = start.take() {
                let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
                let sql = text.get(start..at).unwrap_or_default().trim_end().to_owned();
                statements.push(Statement { line, sql });
            }
            if token.is_empty() {
                return statements;
            }
            (open, previous) = (0, "");
        } else if !(token.starts_with("--") || token.starts_with("/*") || token.trim().is_empty()) {
            start.get_or_insert(at);
            if (is("ATOMIC") && previous.eq_ignore_ascii_case("BEGIN")) || (is("CASE") && open > 0) {
                open += 1;
            } else if is("END") {
                open = open.saturating_sub(1);
            }
            previous = token;
        }
        at += token.len();
    }
}

/// The comment, space, word, quoted text or single character that `text` begins with; nothing at the end. A text with a
/// doubled quote in it is two of these.
fn token(text: &str) -> &str {
    let after = |from: usize, end: &str| {
        text.get(from..).and_then(|rest| rest.find(end)).map_or(text.len(), |found| from + found + end.len())
    };
    let length = match text.chars().next() {
        Some('-') if text.starts_with("--") => after(2, "\n"),
        Some('/') if text.starts_with("/*") => block_comment(text),
        Some('\'') => after(1, "'"),
        Some('"') => after(1, "\""),
        Some('e' | 'E') if text.get(1..2) == Some("'") => text_with_escapes(text),
        Some('$') => dollar_tag(text).map_or(1, |tag| after(tag.len(), tag)),
        Some(first) if is_word(first) => text.find(|c| !is_word(c) && c != '$').unwrap_or(text.len()),
        Some(first) => first.len_utf8(),
        None => 0,
    };
    text.get(..length).unwrap_or(text)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut rest, mut depth) = (text, 0_usize);
    loop {
        if let Some(opened) = rest.strip_prefix("/*") {
            (rest, depth) = (opened, depth + 1);
        } else if let Some(closed) = rest.strip_prefix("*/") {
            (rest, depth) = (closed, depth.saturating_sub(1));
        } else if let Some(next) = rest.chars().next() {
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        if depth == 0 || rest.is_empty() {
            return text.len() - rest.len();
        }
    }
}

/// The length of `E'…'`, in which a backslash takes the meaning from the character after it.
fn text_with_escapes(text: &str) -> usize {
    let mut characters = text.char_indices().skip(2).peekable();
    while let Some((position, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == '\'' && characters.next_if(|(_, next)| *next == '\'').is_none() {
            return position + 1;
        }
    }
    text.len()
}

/// `$tag$`, if `text` begins with that.
fn dollar_tag(text: &str) -> Option<&str> {
    let length = text.get(1..)?.find('$')?;
    let name = text.get(1..=length)?;
    let is_tag = name.chars().all(is_word) && !name.starts_with(|c: char| c.is_numeric());
    is_tag.then(|| text.get(..length + 2)).flatten()
}

#[cfg(test)]
mod tests {
    use super::split;

    fn texts(sql: &str) -> Vec<String> {
        split(sql).into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn a_semicolon_ends_a_statement_and_the_last_one_may_be_missing() {
        assert_eq!(texts("SELECT 1;\nSELECT 2"), ["SELECT 1", "SELECT 2"]);
        assert_eq!(texts(" ;; -- nothing\n;"), Vec::<String>::new());
    }

    #[test]
    fn quoted_semicolons_do_not() {
        for whole in [
            "SELECT 'a;b', 'it''s;'",
            r"SELECT E'it\'s;', e'''\\;''\';'",
            r"SELECT '\', 'no escape;'",
            r#"SELECT "odd;""name""#,
            "SELECT $$a;b$$",
            "SELECT $body$ a; $$ ; $body$",
            "SELECT 1 /* ; /* ; */ ; */ + 1",
            "SELECT 1 -- ;\n + 1",
            "SELECT $1",
            "SELECT a$b, c$d",
        ] {
            assert_eq!(texts(&format!("{whole};\nSELECT 2;")), [whole, "SELECT 2"]);
        }
    }

    #[test]
    fn the_body_of_an_sql_function_is_one_statement() {
        let whole = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
        assert_eq!(texts(&format!("{whole}; SELECT 3;")), [whole, "SELECT 3"]);
    }

    #[test]
    fn the_line_is_where_the_code_begins() {
        let lines: Vec<_> = split("-- why\n\nSELECT 1;\n/* a\nb */ SELECT\n2;").iter().map(|s| s.line).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn unfinished_quotes_and_bodies_end_with_the_file() {
        for text in ["SELECT 'a;", "SELECT $x$ a;", "/* a;", "SELECT \"a;", "SELECT E'a\\'", "SELECT E'a\\"] {
            assert!(split(text).len() <= 1, "{text}");
        }
    }
}
