//! What a match is worth: BM25 (Robertson and Zaragoza, “The Probabilistic Relevance Framework”, 2009, equations 3.15
//! and 4.1 with the idf of Lucene, which is never below nothing), property by property.

use super::postings::{PROPERTIES, words_of};
use super::record::Property;

/// How soon further occurrences stop to count.
const K1: f32 = 1.2;
/// How much the length of the text counts.
const B: f32 = 0.75;

/// What matches are weighed by: how many things there are in all parts of a view, and how long their texts.
#[derive(Debug)]
pub(super) struct Weights {
    things: usize,
    /// For each property and length, what the occurrences are weighed against.
    against: [[f32; 256]; PROPERTIES],
}

impl Weights {
    /// `totals` are the words of all things in each property.
    pub fn of(things: usize, totals: [u64; PROPERTIES]) -> Self {
        let against = totals.map(|total| {
            let average = total.max(1) as f32 / things.max(1) as f32;
            let mut against = [0.0; 256];
            for (length, against) in (0..=u8::MAX).zip(&mut against) {
                *against = K1 * (1.0 - B + B * words_of(length) as f32 / average);
            }
            against
        });
        Self { things, against }
    }

    /// What a word that stands in so many things is worth.
    pub fn rarity(&self, in_things: usize) -> f32 {
        let rest = self.things.saturating_sub(in_things) as f32;
        (1.0 + (rest + 0.5) / (in_things as f32 + 0.5)).ln()
    }

    /// What the lengths of the texts of a property are weighed by.
    pub fn of_property(&self, property: Property) -> &[f32; 256] {
        &self.against[property as usize]
    }

    /// What so many occurrences are worth of a word or row of words of this rarity.
    pub fn scale(rarity: f32) -> f32 {
        rarity * (1.0 + K1)
    }
}

/// A match of so many occurrences in a text of this length.
#[inline]
pub(super) fn worth(scale: f32, against: &[f32; 256], count: f32, length: u8) -> f32 {
    scale * (count / (count + against[usize::from(length)]))
}
