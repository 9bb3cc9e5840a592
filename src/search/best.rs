//! The best of what was found, and which comes first of what is equally good.

use std::cmp::Ordering;
use std::sync::Arc;

use super::part::Part;
use super::postings::number;
use super::request::Kind;

/// Something found in one of the parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub score: f32,
    /// Where it stands in the order of all things.
    pub rank: u32,
    /// The part, by its place among them.
    pub part: usize,
    /// Its number there.
    pub thing: u32,
}

impl Candidate {
    fn best_first(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.rank.cmp(&other.rank))
    }
}

/// The best candidates, while they are gathered.
pub(super) struct Best {
    most: usize,
    held: Vec<Candidate>,
    /// What is worth less is surely not among the best.
    least: f32,
}

impl Best {
    pub fn of(most: usize) -> Self {
        Self { most, held: Vec::new(), least: f32::NEG_INFINITY }
    }

    /// Takes a candidate, unless its score is too low to be among the best.
    pub fn offer(&mut self, score: f32, candidate: impl FnOnce() -> Candidate) {
        if score < self.least || self.most == 0 {
            return;
        }
        self.held.push(candidate());
        if self.held.len() >= self.most.saturating_mul(2).saturating_add(64) {
            self.held.select_nth_unstable_by(self.most - 1, Candidate::best_first);
            self.held.truncate(self.most);
            self.least = self.held.last().map_or(f32::NEG_INFINITY, |last| last.score);
        }
    }

    /// The best, in order.
    pub fn in_order(mut self) -> Vec<Candidate> {
        self.held.sort_unstable_by(Candidate::best_first);
        self.held.truncate(self.most);
        self.held
    }
}

/// Where everything stands in the order of references, over all parts.
#[derive(Debug, Default)]
pub(super) struct Order(Vec<Vec<u32>>);

impl Order {
    pub fn of(parts: &[Arc<Part>]) -> Self {
        // What lies in one dataset comes together, and all of it comes from one part: it is put in place as one block.
        let mut blocks: Vec<((String, Kind), usize, u32, u32)> = Vec::new();
        for (nth, part) in parts.iter().enumerate() {
            let mut open = None;
            for (thing, record) in (0..).zip(&part.records) {
                let within = record.lies_in().0.map(|within| within.key.0);
                match blocks.last_mut() {
                    Some((.., to)) if within.is_some() && within == open => *to = thing + 1,
                    _ => blocks.push(((record.reference(), record.kind()), nth, thing, thing + 1)),
                }
                open = within;
            }
        }
        blocks.sort_unstable();
        let mut ranks: Vec<Vec<u32>> = parts.iter().map(|part| vec![0; part.records.len()]).collect();
        let mut next = 0;
        for (_, nth, from, to) in blocks {
            for rank in &mut ranks[nth][from as usize..to as usize] {
                *rank = next;
                next += 1;
            }
        }
        Self(ranks)
    }

    pub fn rank(&self, nth: usize, thing: u32) -> u32 {
        self.0.get(nth).and_then(|ranks| ranks.get(thing as usize)).copied().unwrap_or_else(|| number(usize::MAX))
    }
}
