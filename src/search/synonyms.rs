//! Synonyms: what else the things that people ask for are called, in both directions.

use std::collections::HashMap;

use super::words::{Endings, Word, words};
use crate::domain::data_model::Synonym;

/// The most other words that are looked for in the place of one.
const MOST: usize = 20;

/// One way of saying it.
#[derive(Debug)]
pub(super) struct Saying {
    /// As the catalogue writes it.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
    /// Its words without endings: what two sayings are compared by.
    stems: Vec<String>,
}

/// The synonyms of a catalogue: rows of sayings that mean the same.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    rows: Vec<Vec<Saying>>,
    /// Where a word without its ending starts a saying: row and place in it.
    starts: HashMap<String, Vec<(usize, usize)>>,
}

impl Synonyms {
    pub fn of(synonyms: &[Synonym]) -> Self {
        let mut endings = Endings::new();
        let mut all = Self::default();
        for synonym in synonyms {
            let texts = std::iter::once(&synonym.term).chain(&synonym.synonyms);
            let row: Vec<Saying> = texts
                .map(|text| {
                    let words = words(text);
                    let stems = words.iter().map(|word| endings.off(&word.whole)).collect();
                    Saying { text: text.trim().to_owned(), words, stems }
                })
                .filter(|saying| !saying.words.is_empty())
                .collect();
            for (place, saying) in row.iter().enumerate() {
                if let Some(first) = saying.stems.first() {
                    all.starts.entry(first.clone()).or_default().push((all.rows.len(), place));
                }
            }
            all.rows.push(row);
        }
        all
    }

    /// The longest saying that these words (without endings) start with: how many words it takes, and what else
    /// is said for it.
    pub fn starting(&self, stems: &[String]) -> Option<(usize, Vec<&Saying>)> {
        let candidates = self.starts.get(stems.first()?)?;
        let said = |(row, place): &(usize, usize)| Some((*row, *place, self.rows.get(*row)?.get(*place)?));
        let fitting: Vec<_> =
            candidates.iter().filter_map(said).filter(|(.., saying)| stems.starts_with(&saying.stems)).collect();
        let longest = fitting.iter().map(|(.., saying)| saying.stems.len()).max()?;
        let mut others: Vec<&Saying> = Vec::new();
        for (row, place, _) in fitting.iter().filter(|(.., saying)| saying.stems.len() == longest) {
            for (at, saying) in self.rows.get(*row).into_iter().flatten().enumerate() {
                if at != *place && others.len() < MOST && !others.iter().any(|other| other.stems == saying.stems) {
                    others.push(saying);
                }
            }
        }
        Some((longest, others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_saying_counts_and_every_row_that_holds_it() {
        let row = |term: &str, synonyms: &[&str]| Synonym {
            term: term.to_owned(),
            synonyms: synonyms.iter().map(|&text| text.to_owned()).collect(),
            provenance: None,
            source: String::new(),
        };
        let synonyms = Synonyms::of(&[
            row("LOS", &["length of stay", "bed days"]),
            row("stay", &["spell"]),
            row("bed day", &["OBD"]),
        ]);
        let ask = |text: &str| {
            let mut endings = Endings::new();
            let stems: Vec<String> = words(text).iter().map(|word| endings.off(&word.whole)).collect();
            synonyms.starting(&stems).map(|(length, others)| {
                let others: Vec<String> = others.iter().map(|saying| saying.stems.join(" ")).collect();
                (length, others)
            })
        };
        assert_eq!(ask("length of stays in hours"), Some((3, vec!["los".to_owned(), "bed day".to_owned()])));
        assert_eq!(ask("bed days"), Some((2, vec!["los".to_owned(), "length of stay".to_owned(), "obd".to_owned()])));
        assert_eq!(ask("of stay"), None);
    }
}
