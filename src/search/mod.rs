//! Search over datasets, tables, fields, identifier schemes, crosswalks and approvals of one catalogue.
//!
//! [`SearchIndex::build`] makes an index of what one class of viewer sees out of parts (`part`), each with its words
//! (`postings`); [`SearchIndex::search`] asks it. A question goes this way: `words` cuts it up, `synonyms` says what else
//! its words are called, `question` puts together what is wanted, `lookup` finds it and weighs it by `worth`, `facets`
//! filters and counts, `best` keeps the best, `hits` shows why. A property to look into is added in `record`.

mod best;
mod desk;
mod facets;
mod hits;
mod lists;
mod lookup;
mod part;
mod postings;
mod question;
mod record;
mod request;
mod spelling;
mod synonyms;
#[cfg(test)]
mod tests;
mod words;
mod worth;

use std::sync::Arc;

use indexmap::IndexMap;

use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::Scheme;
use crate::domain::refs::Slug;
use best::{Best, Candidate, Order};
use facets::{Counts, Values};
use lists::Found;
use lookup::Lookup;
pub use part::Parts;
use part::{Content, Part};
use postings::PROPERTIES;
use question::Question;
pub use request::{Bucket, Facet, Hit, Kind, Matched, SearchRequest, SearchResults};
use synonyms::Synonyms;
use words::{Endings, Word};
use worth::Weights;

/// The most hits of one answer.
pub const MOST_HITS: usize = 1_000;
/// The most suggestions of one answer.
const MOST_SUGGESTIONS: usize = 3;
/// The most words spelt nearly so that are looked for in the place of one.
const MOST_NEAR: usize = 8;

/// What a thing is worth more when the question names its kind.
const ASKED_FOR: f32 = 4.0;

/// An index of what one class of viewer sees. It shares the catalogue's memory for what it shows.
#[derive(Debug)]
pub struct SearchIndex {
    parts: Vec<Arc<Part>>,
    weights: Weights,
    order: Order,
    values: Values,
    synonyms: Synonyms,
    schemes: IndexMap<Slug, Arc<Scheme>>,
}

impl SearchIndex {
    /// Builds the index of a catalogue, in memory and on this thread, out of `parts` that are there and new ones.
    #[must_use]
    pub fn build(catalogue: &Catalogue, parts: &Parts) -> Self {
        let contents = Content::of(catalogue).into_iter();
        let parts: Vec<Arc<Part>> = contents.map(|content| parts.part(content, &catalogue.schemes)).collect();
        let mut totals = [0; PROPERTIES];
        for part in &parts {
            for (total, of_part) in totals.iter_mut().zip(part.postings.totals) {
                *total += of_part;
            }
        }
        Self {
            weights: Weights::of(parts.iter().map(|part| part.records.len()).sum(), totals),
            order: Order::of(&parts),
            values: Values::of(parts.iter().map(|part| &part.marks)),
            synonyms: Synonyms::of(&catalogue.synonyms),
            schemes: catalogue.schemes.clone(),
            parts,
        }
    }

    /// Answers a question.
    ///
    /// All words must be found, in whatever properties; one at least in the thing itself and not only in the
    /// dataset or table that it lies in. Small words such as `which` and `of`, and words such as `tables`, need not be
    /// found. The last word may go on, unless something follows it. Where nothing at all is found, before the filters,
    /// words spelt nearly so are looked for, and then what holds most of the words.
    #[must_use]
    pub fn search(&self, request: &SearchRequest) -> SearchResults {
        if request.query.trim().is_empty() {
            let all = |part: &Arc<Part>| (0..postings::number(part.records.len())).map(|thing| (thing, 1.0)).collect();
            return self.results(request, self.parts.iter().map(all).collect(), None);
        }
        let lookup = self.lookup();
        let mut question = Question::of(&request.query, &self.synonyms);
        let mut found = lookup.find(&question);
        let mut suggestions = Vec::new();
        let mut partial = false;
        if nothing(&found) {
            suggestions = self.suggestions(&question);
            if self.forgive(&mut question) {
                found = lookup.find(&question);
            }
            if nothing(&found) {
                found = lookup.find_most(&question);
                partial = !nothing(&found);
            }
        }
        let results = self.results(request, found, Some(&question));
        SearchResults { suggestions, shortened: question.shortened, partial, ..results }
    }

    fn lookup(&self) -> Lookup<'_> {
        Lookup { parts: &self.parts, weights: &self.weights }
    }

    /// Filters, counts and ranks what was found in each part, and shows what was asked for of it.
    fn results(&self, request: &SearchRequest, found: Vec<Found>, question: Option<&Question>) -> SearchResults {
        let asked_for = question.and_then(|question| question.kind);
        let worth = Kind::ALL.iter().map(|kind| weight(*kind) * if asked_for == Some(*kind) { ASKED_FOR } else { 1.0 });
        let worth: Vec<f32> = worth.collect();
        let mut total = 0;
        let mut counts = Counts::new(&self.values);
        let mut best = Best::of(request.offset.saturating_add(request.first.min(MOST_HITS)));
        for (nth, (part, mut found)) in self.parts.iter().zip(found).enumerate() {
            let filters = part.marks.filters(request);
            found.retain(|(thing, _)| part.marks.pass(*thing, &filters));
            total += found.len();
            counts.add(nth, &part.marks, found.iter().map(|(thing, _)| *thing));
            for (thing, score) in found {
                let kind = part.marks.kind(thing);
                // Rounded, so that what is equally good comes by reference whatever the machine.
                let score = (score * worth[kind as usize] * 1_000.0).round() / 1_000.0;
                best.offer(score, || Candidate { score, rank: self.order.rank(nth, thing), part: nth, thing });
            }
        }
        let mut endings = Endings::new();
        let hits = best
            .in_order()
            .into_iter()
            .skip(request.offset)
            .filter_map(|found| Some((self.parts.get(found.part)?.records.get(found.thing as usize)?, found.score)))
            .map(|(record, score)| hits::hit(record, score, question, &self.schemes, &mut endings))
            .collect();
        SearchResults { total, hits, facets: counts.facets(), ..SearchResults::default() }
    }

    /// Lets words that nothing holds be spelt nearly so; says whether that may help.
    fn forgive(&self, question: &mut Question) -> bool {
        let lookup = self.lookup();
        let mut helps = false;
        for wanted in question.clauses.iter_mut().flat_map(|clause| &mut clause.words) {
            if !lookup.knows(wanted) {
                wanted.near = spelling::near(&self.parts, &wanted.whole, MOST_NEAR);
                helps |= !wanted.near.is_empty();
            }
        }
        helps
    }

    /// Questions like this one that find something: with one word spelt otherwise, else with one word less.
    fn suggestions(&self, question: &Question) -> Vec<String> {
        let lookup = self.lookup();
        let mut choices: Vec<Vec<String>> = Vec::new();
        let mut any_unknown = false;
        for word in &question.words {
            let wanted = question.clauses.iter().flat_map(|clause| &clause.words).find(|w| w.whole == word.whole);
            let unknown = wanted.is_some_and(|wanted| !lookup.knows(wanted));
            any_unknown |= unknown;
            let meant = if unknown { spelling::meant(&self.parts, &word.whole, MOST_SUGGESTIONS) } else { Vec::new() };
            choices.push(if meant.is_empty() { vec![word.whole.clone()] } else { meant });
        }
        let mut candidates = Vec::new();
        if any_unknown {
            for nth in 0..MOST_SUGGESTIONS {
                let pick = |choice: &Vec<String>| choice.get(nth).or(choice.first()).cloned();
                candidates.push(choices.iter().filter_map(pick).collect::<Vec<_>>());
            }
        }
        let words: Vec<&String> = question.words.iter().filter(|word| !word.is_small()).flat_map(Word::parts).collect();
        if (2..=6).contains(&words.len()) {
            for left_out in (0..words.len()).rev() {
                let kept = words.iter().enumerate().filter(|(at, _)| *at != left_out);
                candidates.push(kept.map(|(_, word)| (*word).clone()).collect());
            }
        }
        let mut suggestions: Vec<String> = Vec::new();
        for candidate in candidates {
            let text = candidate.join(" ");
            if suggestions.len() < MOST_SUGGESTIONS && !suggestions.contains(&text) {
                // A blank after it: the last word does not go on, it is meant so.
                let asked = Question::of(&format!("{text} "), &self.synonyms);
                if !nothing(&lookup.find(&asked)) {
                    suggestions.push(text);
                }
            }
        }
        suggestions
    }
}

fn nothing(found: &[Found]) -> bool {
    found.iter().all(Vec::is_empty)
}

/// The words of a question that tell something: all but small ones such as `at`, unless it holds nothing else.
#[must_use]
pub fn telling_words(question: &str) -> Vec<String> {
    let words = words::words(question);
    let only_small = words.iter().all(Word::is_small);
    words.into_iter().filter(|word| only_small || !word.is_small()).map(|word| word.whole).collect()
}

/// What a match is worth by kind: what holds much comes before what it holds.
fn weight(kind: Kind) -> f32 {
    match kind {
        Kind::Dataset => 1.3,
        Kind::Table => 1.15,
        Kind::IdentifierScheme => 1.12,
        Kind::Approval => 1.1,
        // It is called by both of its ends: what is asked for is rather one of them.
        Kind::Crosswalk => 0.8,
        Kind::Field => 1.0,
    }
}
