//! The desk on which the worth of the postings of a word is added up, thing by thing.

use std::ops::Range;
use std::sync::Arc;

use super::lists::{FURTHER, Found};
use super::part::Part;
use super::record::Property;

/// What a word that only starts so is worth beside the word itself.
const START: f32 = 0.3;

/// What is noted of each thing of a part while the forms of a word are gone through.
#[derive(Clone, Copy, Default)]
struct Tally {
    best: f32,
    sum: f32,
    /// The properties in which a word starts so, as bits.
    starts: u16,
}

/// Room to work in, as large as the largest part.
pub(super) struct Desk {
    tallies: Vec<Tally>,
    /// The things that are noted, as bits.
    noted: Vec<u64>,
}

impl Desk {
    pub fn for_parts(parts: &[Arc<Part>]) -> Self {
        let most = parts.iter().map(|part| part.records.len()).max().unwrap_or_default();
        Self { tallies: vec![Tally::default(); most], noted: vec![0; most.div_ceil(64)] }
    }

    #[inline]
    pub fn add(&mut self, thing: u32, worth: f32) {
        let at = thing as usize;
        let tally = &mut self.tallies[at];
        tally.best = tally.best.max(worth);
        tally.sum += worth;
        self.noted[at / 64] |= 1 << (at % 64);
    }

    #[inline]
    pub fn starts(&mut self, thing: u32, property: Property) {
        let at = thing as usize;
        self.tallies[at].starts |= 1 << property as u16;
        self.noted[at / 64] |= 1 << (at % 64);
    }

    pub fn lies(&mut self, things: &Range<u32>) {
        let (mut at, end) = (things.start as usize, things.end as usize);
        while at < end {
            let upto = end.min((at / 64 + 1) * 64);
            self.noted[at / 64] |= (u64::MAX >> (64 - (upto - at))) << (at % 64);
            at = upto;
        }
    }

    /// Gives what is noted, in the order of things, and clears the desk.
    pub fn cleared(&mut self) -> Found {
        let many: u32 = self.noted.iter().map(|bits| bits.count_ones()).sum();
        let mut found = Vec::with_capacity(many as usize);
        for (at, bits) in (0..).step_by(64).zip(&mut self.noted) {
            let mut left = std::mem::take(bits);
            while left != 0 {
                let thing = at + left.trailing_zeros();
                left &= left - 1;
                let Tally { mut best, mut sum, starts } = std::mem::take(&mut self.tallies[thing as usize]);
                if starts != 0 {
                    for property in Property::ALL.into_iter().filter(|property| starts & (1 << *property as u16) != 0) {
                        let worth = property.worth() * START;
                        best = best.max(worth);
                        sum += worth;
                    }
                }
                found.push((thing, best + (sum - best) * FURTHER));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_stretch_is_noted_whole_and_once() {
        let mut desk = Desk { tallies: vec![Tally::default(); 300], noted: vec![0; 5] };
        for stretch in [0..0, 3..5, 60..70, 63..64, 128..256, 299..300] {
            desk.lies(&stretch);
        }
        let expected: Vec<u32> = (3..5).chain(60..70).chain(128..256).chain(299..300).collect();
        assert_eq!(desk.cleared().into_iter().map(|(thing, _)| thing).collect::<Vec<_>>(), expected);
        assert!(desk.cleared().is_empty());
    }
}
