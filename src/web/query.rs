//! The question mark and what follows it: a page's whole state, read and written in one place, so that every address can
//! be sent to a colleague.

/// Names and values in order; a name may come more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The most pairs that are read.
    const MOST: usize = 500;

    /// Reads what follows the question mark, or the body of a form. Blank values are no values.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes()).take(Self::MOST);
        Self(
            pairs
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// The first value of a name, without space around it.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(held, _)| held == name).map(|(_, value)| value.trim())
    }

    /// The first value of a name, or nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.first(name).unwrap_or_default()
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(held, _)| held == name).map(|(_, value)| value.trim())
    }

    /// Whether a name has this value.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|held| held == value)
    }

    /// Every pair.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.into()));
        Self(pairs)
    }

    /// The same with this value of a name and no other.
    #[must_use]
    pub fn set(&self, name: &str, value: impl Into<String>) -> Self {
        self.without(name).with(name, value)
    }

    /// The same without a name.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(held, _)| held != name).cloned().collect())
    }

    /// The same without one value of a name.
    #[must_use]
    pub fn less(&self, name: &str, value: &str) -> Self {
        Self(self.0.iter().filter(|(held, had)| held != name || had.trim() != value).cloned().collect())
    }

    /// The address of a page with this query.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let pairs = self.0.iter().map(|(name, value)| (name, value));
        format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Query {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let query = Query::from_iter([("q", "d'Artagnan & co = 100 %"), ("kind", "field"), ("kind", "Ω")]);
        let href = query.href("/search");
        let (path, text) = href.split_once('?').unwrap_or_default();
        assert_eq!((path, Query::parse(text)), ("/search", query));
    }

    #[test]
    fn a_filter_is_taken_away_alone() {
        let query = Query::parse("kind=field&kind=table&q=+x+&dataset=");
        assert_eq!(query.less("kind", "field").href("/"), "/?kind=table&q=+x+");
        assert_eq!(query.first("q"), Some("x"));
        assert_eq!(query.first("dataset"), None);
    }
}
