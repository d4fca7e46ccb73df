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
    /// Where it begins, counted from 1.
    pub line: usize,
    /// Its text, without comments before it and the semicolon after it.
    pub sql: String,
}

impl Statement {
    /// Its first words, upper case, for rules that depend on the kind of statement.
    pub(super) fn starts_with(&self, words: &[&str]) -> bool {
        let mut own = self.sql.split_ascii_whitespace();
        words.iter().all(|word| own.next().is_some_and(|own| own.eq_ignore_ascii_case(word)))
    }

    /// Whether it builds or removes something beside running work, as `CREATE INDEX CONCURRENTLY` does.
    pub(super) fn is_concurrent(&self) -> bool {
        self.sql.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("CONCURRENTLY"))
    }
}

/// Takes the statements of `text` apart, as PostgreSQL's lexical rules have it: a semicolon within a string, a quoted
/// name, a dollar-quoted body, a comment or a `BEGIN ATOMIC … END` body does not end a statement.
#[must_use]
pub fn split(text: &str) -> Vec<Statement> {
    Splitter { text, at: 0, start: None, words: Vec::new(), atomic_depth: 0, statements: Vec::new() }.run()
}

struct Splitter<'a> {
    text: &'a str,
    /// The byte that is looked at.
    at: usize,
    /// Where the code of the current statement begins.
    start: Option<usize>,
    /// The last two words of it.
    words: Vec<&'a str>,
    /// How many `BEGIN ATOMIC` and `CASE` of an SQL body are open.
    atomic_depth: usize,
    statements: Vec<Statement>,
}

impl<'a> Splitter<'a> {
    fn run(mut self) -> Vec<Statement> {
        while let Some(next) = self.rest().chars().next() {
            let rest = self.rest();
            let length = if rest.starts_with("--") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                block_comment(rest)
            } else if next == ';' && self.atomic_depth == 0 {
                self.finish();
                1
            } else if next.is_whitespace() {
                next.len_utf8()
            } else {
                self.start.get_or_insert(self.at);
                self.code(rest, next)
            };
            self.at += length;
        }
        self.finish();
        self.statements
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The length of the token that `rest` begins with.
    fn code(&mut self, rest: &'a str, next: char) -> usize {
        match next {
            '\'' => {
                let escapes = self.words.last().is_some_and(|word| word.eq_ignore_ascii_case("e"))
                    && self.text.get(..self.at).is_some_and(|before| before.ends_with(['e', 'E']));
                quoted(rest, '\'', escapes)
            }
            '"' => quoted(rest, '"', false),
            '$' => dollar_quoted(rest).unwrap_or(1),
            _ if next.is_alphabetic() || next == '_' => {
                let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
                self.word(rest.get(..length).unwrap_or_default());
                length
            }
            _ => next.len_utf8(),
        }
    }

    fn word(&mut self, word: &'a str) {
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        let after_begin = self.words.last().is_some_and(|last| last.eq_ignore_ascii_case("begin"));
        if (is("atomic") && after_begin) || (is("case") && self.atomic_depth > 0) {
            self.atomic_depth += 1;
        } else if is("end") {
            self.atomic_depth = self.atomic_depth.saturating_sub(1);
        }
        self.words.push(word);
    }

    fn finish(&mut self) {
        self.words.clear();
        self.atomic_depth = 0;
        let Some(start) = self.start.take() else { return };
        let sql = self.text.get(start..self.at).unwrap_or_default().trim_end().to_owned();
        let line = self.text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        self.statements.push(Statement { line, sql });
    }
}

/// The length of a quoted text; a doubled quote is part of it.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return position + 1;
        }
    }
    text.len()
}

/// The length of `$tag$ … $tag$`, or nothing when the dollar sign begins no such thing.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag_length = text.get(1..)?.find('$')?;
    let tag = text.get(..tag_length + 2)?;
    let inner = tag.get(1..tag_length + 1)?;
    let is_tag = inner.chars().all(|c| c.is_alphanumeric() || c == '_') && !inner.starts_with(|c: char| c.is_numeric());
    let body = is_tag.then(|| text.get(tag.len()..)).flatten()?;
    Some(body.find(tag).map_or(text.len(), |end| tag.len() + end + tag.len()))
}

/// The length of a comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
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
            r"SELECT E'it\'s;'",
            r"SELECT '\', 'no escape;'",
            r#"SELECT "odd;""name""#,
            "SELECT $$a;b$$",
            "SELECT $body$ a; $$ ; $body$",
            "SELECT 1 /* ; /* ; */ ; */ + 1",
            "SELECT 1 -- ;\n + 1",
            "SELECT $1",
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
        for text in ["SELECT 'a;", "SELECT $x$ a;", "/* a;", "SELECT \"a;"] {
            assert!(split(text).len() <= 1, "{text}");
        }
    }
}
