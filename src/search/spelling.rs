//! The words of the catalogue, to find those that are spelt nearly as somebody typed.

use std::collections::HashMap;

use super::words::words;

/// Below this many letters, nearly the same is another word.
const SHORTEST: usize = 4;
/// From this many letters on, two slips are forgiven in a suggestion.
const TWO_SLIPS: usize = 6;

/// Every word of the catalogue with how often it comes, in alphabetical order.
#[derive(Debug, Default)]
pub(super) struct Spelling(Vec<(Box<str>, u32)>);

/// A [`Spelling`] being gathered.
#[derive(Default)]
pub(super) struct Gathering(HashMap<Box<str>, u32>);

impl Gathering {
    pub fn text(&mut self, text: &str) {
        for word in words(text) {
            if word.is_compound() {
                self.word(&word.whole);
            }
            for part in word.parts() {
                self.word(part);
            }
        }
    }

    fn word(&mut self, word: &str) {
        if let Some(count) = self.0.get_mut(word) {
            *count += 1;
        } else if word.chars().any(char::is_alphabetic) && word.chars().count() >= SHORTEST - 1 {
            // Numbers are not misspelt, they are other numbers.
            self.0.insert(word.into(), 1);
        }
    }

    pub fn done(self) -> Spelling {
        let mut words: Vec<(Box<str>, u32)> = self.0.into_iter().collect();
        words.sort_unstable();
        Spelling(words)
    }
}

impl Spelling {
    /// Words one slip away, most frequent first.
    pub fn near(&self, word: &str, most: usize) -> Vec<String> {
        if word.chars().count() < SHORTEST { Vec::new() } else { self.within(word, 1, most) }
    }

    /// Words that may have been meant, nearest first.
    pub fn meant(&self, word: &str, most: usize) -> Vec<String> {
        let near = self.near(word, most);
        if near.is_empty() && word.chars().count() >= TWO_SLIPS { self.within(word, 2, most) } else { near }
    }

    fn within(&self, word: &str, slips: usize, most: usize) -> Vec<String> {
        let length = word.chars().count();
        let mut near: Vec<(usize, u32, &str)> = self
            .0
            .iter()
            .filter(|(known, _)| known.chars().count().abs_diff(length) <= slips)
            .map(|(known, count)| (strsim::osa_distance(word, known), *count, &**known))
            .filter(|(distance, ..)| (1..=slips).contains(distance))
            .collect();
        near.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(b.2)));
        near.into_iter().take(most).map(|(.., known)| known.to_owned()).collect()
    }
}
