//! A budget on the text of a query, in one pass, before any parser sees it: the parser recurses without limit, so
//! that 3 kB of `[[[…` would end the process (threats.md §0.1).
//!
//! The scanner never sees less than the parser does: where the two could read a text differently (a string that
//! is not closed, a comment that ends in a carriage return) it refuses, or counts the larger reading.

use thiserror::Error;

/// What a query may hold.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Bytes of text.
    pub bytes: usize,
    /// Tokens.
    pub tokens: usize,
    /// Brackets of any kind, one in the other.
    pub nesting: usize,
    /// `...`
    pub spreads: usize,
    /// `fragment` definitions.
    pub fragments: usize,
    /// `@`
    pub directives: usize,
    /// `alias: field`
    pub aliases: usize,
}

/// The budget of every query.
pub const BUDGET: Budget =
    Budget { bytes: 20_000, tokens: 2_000, nesting: 30, spreads: 50, fragments: 20, directives: 50, aliases: 50 };

/// A query over its budget.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OverBudget {
    /// Too much of something.
    #[error("the query holds more than {most} {what}: split it")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A string without an end.
    #[error("the query holds a string that does not end")]
    OpenString,
}

impl Budget {
    /// Reads a query once and says whether it keeps to the budget.
    pub fn check(&self, query: &str) -> Result<(), OverBudget> {
        if query.len() > self.bytes {
            return Err(OverBudget::TooMany { what: "bytes", most: self.bytes });
        }
        Scan { budget: self, text: query.as_bytes(), at: 0, brackets: Vec::new(), count: Count::default() }.run()
    }
}

#[derive(Default)]
struct Count {
    tokens: usize,
    spreads: usize,
    fragments: usize,
    directives: usize,
    aliases: usize,
}

struct Scan<'a> {
    budget: &'a Budget,
    text: &'a [u8],
    at: usize,
    /// The brackets that are open here.
    brackets: Vec<u8>,
    count: Count,
}

impl Scan<'_> {
    fn run(mut self) -> Result<(), OverBudget> {
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => self.at += 1,
                b'#' => self.skip_comment(),
                b'"' => {
                    self.token()?;
                    self.skip_string()?;
                }
                b'(' | b'[' | b'{' => {
                    self.token()?;
                    self.brackets.push(byte);
                    within("brackets one in the other", self.brackets.len(), self.budget.nesting)?;
                    self.at += 1;
                }
                b')' | b']' | b'}' => {
                    self.token()?;
                    self.brackets.pop();
                    self.at += 1;
                }
                b'.' if self.text[self.at..].starts_with(b"...") => {
                    self.token()?;
                    one_more(&mut self.count.spreads, "fragment spreads", self.budget.spreads)?;
                    self.at += 3;
                }
                b'@' => {
                    self.token()?;
                    one_more(&mut self.count.directives, "directives", self.budget.directives)?;
                    self.at += 1;
                }
                b':' => {
                    self.token()?;
                    // Inside parentheses a colon follows an argument, a variable or a key; elsewhere an alias.
                    if !self.brackets.contains(&b'(') {
                        one_more(&mut self.count.aliases, "aliases", self.budget.aliases)?;
                    }
                    self.at += 1;
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => {
                    self.token()?;
                    self.word()?;
                }
                // Other punctuation, one token each; a byte that the parser will refuse counts as one as well.
                _ => {
                    self.token()?;
                    self.at += 1;
                }
            }
        }
        Ok(())
    }

    fn token(&mut self) -> Result<(), OverBudget> {
        one_more(&mut self.count.tokens, "tokens", self.budget.tokens)
    }

    /// A name or a number.
    fn word(&mut self) -> Result<(), OverBudget> {
        let start = self.at;
        self.at += 1;
        while self.text.get(self.at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            self.at += 1;
        }
        // The parser takes `fragmentA` for the word and a name.
        if self.brackets.is_empty() && self.text[start..].starts_with(b"fragment") {
            one_more(&mut self.count.fragments, "fragments", self.budget.fragments)?;
        }
        Ok(())
    }

    fn skip_comment(&mut self) {
        while self.text.get(self.at).is_some_and(|byte| !matches!(byte, b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn skip_string(&mut self) -> Result<(), OverBudget> {
        let rest = &self.text[self.at..];
        let long = if rest.starts_with(b"\"\"\"") { block_string(rest) } else { line_string(rest) };
        self.at += long.ok_or(OverBudget::OpenString)?;
        Ok(())
    }
}

/// The length of the block string that a text starts with.
fn block_string(text: &[u8]) -> Option<usize> {
    let mut at = 3;
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with(b"\"\"\"") {
            return Some(at + 3);
        }
        at += match rest {
            [] => return None,
            rest if rest.starts_with(b"\\\"\"\"") => 4,
            _ => 1,
        };
    }
}

/// The length of the string that a text starts with.
fn line_string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += match (text.get(at)?, text.get(at + 1)) {
            (b'"', _) => return Some(at + 1),
            (b'\r' | b'\n', _) | (b'\\', Some(b'\r' | b'\n')) => return None,
            (b'\\', _) => 2,
            _ => 1,
        };
    }
}

fn one_more(count: &mut usize, what: &'static str, most: usize) -> Result<(), OverBudget> {
    *count += 1;
    within(what, *count, most)
}

fn within(what: &'static str, count: usize, most: usize) -> Result<(), OverBudget> {
    if count > most { Err(OverBudget::TooMany { what, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a query is over in, if anything.
    fn over(query: &str) -> Option<&'static str> {
        match BUDGET.check(query) {
            Ok(()) => None,
            Err(OverBudget::TooMany { what, .. }) => Some(what),
            Err(OverBudget::OpenString) => Some("open string"),
        }
    }

    #[test]
    fn each_part_of_the_budget_is_kept_and_the_last_allowed_is_allowed() {
        let list = |n: usize| "[".repeat(n) + &"]".repeat(n);
        let object = |n: usize| "{a:".repeat(n) + "1" + &"}".repeat(n);
        for (query, allowed) in [
            (format!("{{f(a: {})}}", list(28)), true),
            (format!("{{f(a: {})}}", list(29)), false),
            (format!("{{f(a: {})}}", list(1_500)), false),
            (format!("{{f(a: {})}}", object(1_500)), false),
            (format!("query($a: {}) {{f}}", list(1_500)), false),
            ("{a".repeat(31), false),
        ] {
            assert_eq!(over(&query), (!allowed).then_some("brackets one in the other"), "{query:.60}");
        }
        for (piece, most, what) in [
            ("...a ", 50, "fragment spreads"),
            ("fragment f on T{a} ", 20, "fragments"),
            ("fragmentf on T{a} ", 20, "fragments"),
            ("a @b ", 50, "directives"),
            ("a:b ", 50, "aliases"),
            ("a ", 2_000, "tokens"),
            ("a,#[[[\n", 2_000, "tokens"),
            ("aaaaaaaaaaaaaaaaaaaa", 1_000, "bytes"),
        ] {
            assert_eq!(over(&piece.repeat(most)), None, "{most} × {piece}");
            assert_eq!(over(&piece.repeat(most + 1)), Some(what), "{} × {piece}", most + 1);
        }
    }

    #[test]
    fn what_is_inside_strings_and_comments_is_not_counted() {
        let deep = "[".repeat(100);
        for query in [
            format!("{{f(a: \"{deep}\")}}"),
            format!("{{f(a: \"\\\"{deep}\")}}"),
            format!("{{f(a: \"\"\"{deep} \"\" \\\"\"\" {deep}\"\"\")}}"),
            format!("{{f}} # {deep}"),
            format!("{{f(a: \"\") # \"{deep}\n}}"),
        ] {
            assert_eq!(over(&query), None, "{query:.40}");
        }
    }

    #[test]
    fn nothing_hides_behind_a_string_or_a_comment_that_the_parser_ends_sooner() {
        let deep = "[".repeat(100);
        for query in [format!("# \r{deep}"), format!("{{f(a: \"\"{deep})}}"), format!("{{f(a: \"\\\\\"{deep})}}")] {
            assert_eq!(over(&query), Some("brackets one in the other"), "{query:.40}");
        }
        for query in [format!("\"\"\"a\" {deep}"), format!("\"a\n{deep}"), "\"".to_owned(), "\"\\".to_owned()] {
            assert_eq!(over(&query), Some("open string"), "{query:.40}");
        }
    }

    #[test]
    fn a_colon_is_an_alias_only_outside_arguments() {
        let arguments = "a: 1 ".repeat(60);
        assert_eq!(over(&format!("query(${arguments}) {{f({arguments} b: {{{arguments}}})}}")), None);
    }
}
