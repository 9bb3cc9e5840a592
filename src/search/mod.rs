//! Search over datasets, tables, fields, identifier schemes, crosswalks and approvals of one catalogue.
//!
//! [`SearchIndex::build`] makes an index of what one class of viewer sees, [`SearchIndex::search`] asks it. A
//! question goes this way: `words` cuts it up, `synonyms` says what else its words are called, `question`
//! puts together what is wanted, `lookup` finds it, `facets` filters and counts, `hits` shows why. A property
//! to look into is added in `record`.

mod facets;
mod hits;
mod lookup;
mod question;
mod record;
mod request;
mod spelling;
mod synonyms;
#[cfg(test)]
mod tests;
mod words;

use std::cmp::Ordering;
use std::sync::Arc;

use indexmap::IndexMap;
use tantivy::TantivyError;
use thiserror::Error;

use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::Scheme;
use crate::domain::refs::Slug;
use facets::AllMarks;
use lookup::{Building, Lookup};
use question::Question;
use record::{Property, Record};
pub use request::{Bucket, Facet, Hit, Kind, Matched, SearchRequest, SearchResults};
use spelling::{Gathering, Spelling};
use synonyms::Synonyms;
use words::{Endings, Word};

/// The most hits of one answer.
pub const MOST_HITS: usize = 1_000;
/// The most suggestions of one answer.
const MOST_SUGGESTIONS: usize = 3;
/// The most words spelt nearly so that are looked for in the place of one.
const MOST_NEAR: usize = 8;

/// What a thing is worth more when the question names its kind.
const ASKED_FOR: f32 = 4.0;

/// The index cannot be built or asked: a fault of ours, never of the question.
#[derive(Debug, Error)]
#[error("the search index failed: {0}")]
pub struct SearchError(#[from] TantivyError);

/// An index of what one class of viewer sees. It shares the catalogue's memory for what it shows.
pub struct SearchIndex {
    records: Vec<Record>,
    marks: AllMarks,
    lookup: Lookup,
    synonyms: Synonyms,
    spelling: Spelling,
    schemes: IndexMap<Slug, Arc<Scheme>>,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").field("records", &self.records.len()).finish_non_exhaustive()
    }
}

impl SearchIndex {
    /// Builds the index of a catalogue, in memory and on this thread.
    pub fn build(catalogue: &Catalogue) -> Result<Self, SearchError> {
        let records = record::records(catalogue);
        let mut building = Building::start()?;
        let mut spelling = Gathering::default();
        for record in &records {
            let texts = record.texts(&catalogue.schemes);
            for (_, text) in texts.iter().filter(|(property, _)| *property != Property::Place) {
                spelling.text(text);
            }
            building.add(&texts, &record.reference())?;
        }
        Ok(Self {
            marks: AllMarks::of(&records, catalogue),
            lookup: building.done()?,
            synonyms: Synonyms::of(&catalogue.synonyms),
            spelling: spelling.done(),
            schemes: catalogue.schemes.clone(),
            records,
        })
    }

    /// Answers a question.
    ///
    /// All words must be found, in whatever properties; one at least in the thing itself and not only in the
    /// dataset or table that it lies in. Small words such as `which` and `of`, and words such as `tables`, need not be
    /// found. The last word may go on, unless something follows it. Where nothing at all is found, before the filters,
    /// words spelt nearly so are looked for, and then what holds most of the words.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults, SearchError> {
        let filters = self.marks.filters(request);
        if request.query.trim().is_empty() {
            let all = (0..self.records.len()).filter_map(|number| u32::try_from(number).ok());
            let passing = all.filter(|number| self.marks.pass(*number, &filters)).map(|number| (number, 1.0));
            return Ok(self.results(request, passing.collect(), None));
        }
        let mut question = Question::of(&request.query, &self.synonyms);
        let mut found = self.lookup.find(&question)?;
        let mut suggestions = Vec::new();
        let mut partial = false;
        if found.is_empty() {
            suggestions = self.suggestions(&question)?;
            if self.forgive(&mut question)? {
                found = self.lookup.find(&question)?;
            }
            if found.is_empty() {
                found = self.lookup.find_most(&question)?;
                partial = !found.is_empty();
            }
        }
        found.retain(|(number, _)| self.marks.pass(*number, &filters));
        let results = self.results(request, found, Some(&question));
        Ok(SearchResults { suggestions, shortened: question.shortened, partial, ..results })
    }

    fn results(
        &self,
        request: &SearchRequest,
        mut found: Vec<(u32, f32)>,
        question: Option<&Question>,
    ) -> SearchResults {
        let asked_for = question.and_then(|question| question.kind);
        for (number, score) in &mut found {
            let kind = self.marks.kind(*number);
            let named = if asked_for == Some(kind) { ASKED_FOR } else { 1.0 };
            // Rounded, so that what is equally good comes by reference whatever the machine.
            *score = (*score * weight(kind) * named * 1_000.0).round() / 1_000.0;
        }
        let facets = self.marks.facets(found.iter().map(|(number, _)| *number));
        let total = found.len();
        let best_first = |a: &(u32, f32), b: &(u32, f32)| -> Ordering { b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)) };
        let end = request.offset.saturating_add(request.first.min(MOST_HITS));
        if end < total {
            found.select_nth_unstable_by(end, best_first);
            found.truncate(end);
        }
        found.sort_unstable_by(best_first);
        let mut endings = Endings::new();
        let hits = found
            .into_iter()
            .skip(request.offset)
            .filter_map(|(number, score)| Some((self.records.get(number as usize)?, score)))
            .map(|(record, score)| hits::hit(record, score, question, &self.schemes, &mut endings))
            .collect();
        SearchResults { total, hits, facets, ..SearchResults::default() }
    }

    /// Lets words that nothing holds be spelt nearly so; says whether that may help.
    fn forgive(&self, question: &mut Question) -> Result<bool, SearchError> {
        let mut helps = false;
        for wanted in question.clauses.iter_mut().flat_map(|clause| &mut clause.words) {
            if !self.lookup.knows(wanted)? {
                wanted.near = self.spelling.near(&wanted.whole, MOST_NEAR);
                helps |= !wanted.near.is_empty();
            }
        }
        Ok(helps)
    }

    /// Questions like this one that find something: with one word spelt otherwise, else with one word less.
    fn suggestions(&self, question: &Question) -> Result<Vec<String>, SearchError> {
        let mut choices: Vec<Vec<String>> = Vec::new();
        let mut any_unknown = false;
        for word in &question.words {
            let wanted = question.clauses.iter().flat_map(|clause| &clause.words).find(|w| w.whole == word.whole);
            let unknown = match wanted {
                Some(wanted) => !self.lookup.knows(wanted)?,
                None => false,
            };
            any_unknown |= unknown;
            let meant = if unknown { self.spelling.meant(&word.whole, MOST_SUGGESTIONS) } else { Vec::new() };
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
                if !self.lookup.find(&asked)?.is_empty() {
                    suggestions.push(text);
                }
            }
        }
        Ok(suggestions)
    }
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
