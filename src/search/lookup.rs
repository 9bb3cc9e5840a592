//! Finds what a question asks for, part by part: a question is put together from words and never parsed.
//!
//! Everything that matches is found with what it is worth, as the total and the facets count all of it: a list that
//! stops at the best would not do. What is worked out once is which words a part knows; then each word adds up what its
//! postings are worth in one pass (`desk`), and what must all be found is intersected from the shortest list on (`lists`).

use std::ops::Range;
use std::sync::Arc;

use super::desk::Desk;
use super::lists::{Found, all, any, from, raise, with_a_reason};
use super::part::Part;
use super::postings::{PROPERTIES, Posting};
use super::question::{Clause, Question, Wanted};
use super::record::Property;
use super::worth::{Weights, worth};

/// What being called exactly so is worth: more than any other match.
const CALLED_SO: f32 = 1_000.0;
/// What having exactly this title is worth.
const TITLED_SO: f32 = 500.0;
/// What a form is worth beside the word itself.
const STEM: f32 = 0.85;
const ROW: f32 = 0.9;
const APART: f32 = 0.5;
const NEAR: f32 = 0.5;
const INSTEAD: f32 = 0.7;
/// What the whole question in a row is worth.
const AS_TYPED: f32 = 0.5;
/// What one more matching clause multiplies a score by: more than the kind of a thing does (`weight`).
const ONE_MORE: f32 = 1.5;
/// More than the scores of all clauses of a question come to.
const MOST_SUM: f32 = 2_000.0;

/// What questions are put to: the parts of a view, and what is weighed over all of them.
pub(super) struct Lookup<'a> {
    pub parts: &'a [Arc<Part>],
    pub weights: &'a Weights,
}

/// What is looked for, in terms of the words that the parts know.
enum Node {
    /// Any of these forms, in any property.
    Forms(Vec<Form>),
    /// Any of these, each worth so much beside the others.
    Any(Vec<(Self, f32)>),
    /// All of these.
    All(Vec<Self>),
}

enum Form {
    /// A word, by its number in each part, and what it is worth in each property.
    Word { numbers: Vec<Option<u32>>, scales: [f32; PROPERTIES] },
    /// Words one right after the other.
    Row { numbers: Vec<Vec<Option<u32>>>, scales: [f32; PROPERTIES] },
    /// Words that start so: their numbers in each part.
    Start { numbers: Vec<Range<u32>> },
}

impl Lookup<'_> {
    /// Everything that matches; one list for each part, in the order of things.
    pub fn find(&self, question: &Question) -> Vec<Found> {
        if question.clauses.is_empty() {
            return self.parts.iter().map(|_| Vec::new()).collect();
        }
        let clauses = Node::All(question.clauses.iter().map(|clause| self.clause(clause)).collect());
        // Names, titles and descriptions that hold the whole question as typed come first.
        let phrase = question.phrase();
        let as_typed = (phrase.len() > 1).then(|| Node::Forms(self.row(&phrase, AS_TYPED).into_iter().collect()));
        let mut desk = Desk::for_parts(self.parts);
        let find = |(nth, part): (usize, &Arc<Part>)| {
            let mut found = self.matching(&clauses, nth, &mut desk);
            if let (Some(as_typed), false) = (&as_typed, found.is_empty()) {
                raise(&mut found, &self.matching(as_typed, nth, &mut desk));
            }
            for (things, worth) in
                [(part.called(&question.squashed), CALLED_SO), (part.titled(&question.squashed), TITLED_SO)]
            {
                for thing in things {
                    match found.binary_search_by_key(&thing, |(thing, _)| *thing) {
                        Ok(at) => found[at].1 += worth,
                        Err(at) => found.insert(at, (thing, worth)),
                    }
                }
            }
            with_a_reason(found)
        };
        self.parts.iter().enumerate().map(find).collect()
    }

    /// What matches most of the clauses, more of them first; one list for each part, in the order of things.
    ///
    /// Clauses that nothing at all matches do not count, as long as they are no more than half. Of the others two
    /// thirds must match, rounded up.
    pub fn find_most(&self, question: &Question) -> Vec<Found> {
        let mut desk = Desk::for_parts(self.parts);
        let mut matches: Vec<Vec<(u32, usize, f32)>> = self.parts.iter().map(|_| Vec::new()).collect();
        let mut known = 0;
        for clause in &question.clauses {
            let node = self.clause(clause);
            let mut any = false;
            for (nth, matches) in matches.iter_mut().enumerate() {
                let found = self.matching(&node, nth, &mut desk);
                any |= !found.is_empty();
                matches.extend(found.into_iter().map(|(thing, worth)| (thing, 1, worth)));
                // Two lists in order, one after the other, are soon one.
                matches.sort_by_key(|(thing, ..)| *thing);
                matches.dedup_by(|next, kept| {
                    let same = next.0 == kept.0;
                    if same {
                        (kept.1, kept.2) = (kept.1 + next.1, kept.2 + next.2);
                    }
                    same
                });
            }
            known += usize::from(any);
        }
        if known * 2 < question.clauses.len() {
            return self.parts.iter().map(|_| Vec::new()).collect();
        }
        let needed = known - known / 3;
        let scored = |matches: Vec<(u32, usize, f32)>| {
            let enough = matches.into_iter().filter(|(_, count, _)| *count >= needed);
            let scored = enough.map(|(thing, count, sum)| {
                let rank = if sum > 0.0 { ONE_MORE.powi(i32::try_from(count).unwrap_or(i32::MAX)) } else { 0.0 };
                (thing, rank * MOST_SUM + sum)
            });
            with_a_reason(scored.collect())
        };
        matches.into_iter().map(scored).collect()
    }

    /// Whether a word stands anywhere as it is or with another ending.
    pub fn knows(&self, wanted: &Wanted) -> bool {
        let mut word = wanted.clone();
        word.near.clear();
        let node = self.wanted(&word);
        let mut desk = Desk::for_parts(self.parts);
        (0..self.parts.len()).any(|nth| self.matching(&node, nth, &mut desk).iter().any(|(_, worth)| *worth > 0.0))
    }

    fn clause(&self, clause: &Clause) -> Node {
        let words = Node::All(clause.words.iter().map(|wanted| self.wanted(wanted)).collect());
        if clause.instead.is_empty() {
            return words;
        }
        let instead = clause.instead.iter().map(|wanted| (self.wanted(wanted), INSTEAD));
        Node::Any(std::iter::once((words, 1.0)).chain(instead).collect())
    }

    fn wanted(&self, wanted: &Wanted) -> Node {
        let mut forms = vec![self.word(&wanted.whole, 1.0)];
        forms.extend(wanted.stem.iter().map(|stem| self.word(stem, STEM)));
        if wanted.parts.len() > 1 {
            forms.extend(self.row(&wanted.parts, ROW));
        }
        if wanted.goes_on {
            let numbers = self.parts.iter().map(|part| part.postings.starting(&wanted.whole)).collect();
            forms.push(Form::Start { numbers });
        }
        forms.extend(wanted.near.iter().map(|near| self.word(near, NEAR)));
        let whole = Node::Forms(forms);
        if !wanted.apart || wanted.parts.len() < 2 {
            return whole;
        }
        let apart = wanted.parts.iter().map(|part| Node::Forms(vec![self.word(part, 1.0)])).collect();
        Node::Any(vec![(whole, 1.0), (Node::All(apart), APART)])
    }

    fn word(&self, text: &str, beside: f32) -> Form {
        let numbers = self.numbers(text);
        let rarities = self.rarities(&numbers);
        Form::Word { numbers, scales: scales(rarities, beside) }
    }

    /// Several words, one right after the other; `None` where one of them stands nowhere.
    fn row(&self, texts: &[String], beside: f32) -> Option<Form> {
        let numbers: Vec<Vec<Option<u32>>> = texts.iter().map(|text| self.numbers(text)).collect();
        if numbers.iter().any(|numbers| numbers.iter().all(Option::is_none)) {
            return None;
        }
        let mut rarities = [0.0; PROPERTIES];
        for numbers in &numbers {
            for (sum, rarity) in rarities.iter_mut().zip(self.rarities(numbers)) {
                *sum += rarity;
            }
        }
        Some(Form::Row { numbers, scales: scales(rarities, beside) })
    }

    fn numbers(&self, text: &str) -> Vec<Option<u32>> {
        self.parts.iter().map(|part| part.postings.word(text)).collect()
    }

    /// How rare a word is in each property, over all parts.
    fn rarities(&self, numbers: &[Option<u32>]) -> [f32; PROPERTIES] {
        Property::ALL.map(|property| {
            let stands = |(part, number): (&Arc<Part>, &Option<u32>)| {
                number.map_or(0, |number| part.postings.of(number, property).len())
            };
            self.weights.rarity(self.parts.iter().zip(numbers).map(stands).sum())
        })
    }

    fn matching(&self, node: &Node, nth: usize, desk: &mut Desk) -> Found {
        match node {
            Node::Forms(forms) => {
                let Some(part) = self.parts.get(nth) else { return Vec::new() };
                for form in forms {
                    self.note(form, nth, part, desk);
                }
                desk.cleared()
            }
            Node::Any(ways) => {
                let of_way = |(node, beside): &(Node, f32)| {
                    self.matching(node, nth, desk)
                        .into_iter()
                        .map(move |(thing, worth)| (thing, worth * beside))
                        .collect()
                };
                any(ways.iter().map(of_way).collect())
            }
            Node::All(nodes) => {
                let mut lists = Vec::new();
                for node in nodes {
                    let found = self.matching(node, nth, desk);
                    if found.is_empty() {
                        return found;
                    }
                    lists.push(found);
                }
                all(lists)
            }
        }
    }

    fn note(&self, form: &Form, nth: usize, part: &Part, desk: &mut Desk) {
        match form {
            Form::Word { numbers, scales } => {
                let Some(number) = numbers.get(nth).copied().flatten() else { return };
                for (property, scale) in Property::ALL.into_iter().zip(*scales) {
                    let postings = part.postings.of(number, property);
                    if property == Property::Place {
                        postings
                            .iter()
                            .filter_map(|posting| part.places.get(posting.thing as usize))
                            .for_each(|things| desk.lies(things));
                        continue;
                    }
                    let against = self.weights.of_property(property);
                    for posting in postings {
                        desk.add(posting.thing, worth(scale, against, f32::from(posting.count), posting.length));
                    }
                }
            }
            Form::Row { numbers, scales } => {
                let numbers: Option<Vec<u32>> =
                    numbers.iter().map(|numbers| numbers.get(nth).copied().flatten()).collect();
                let Some(numbers) = numbers else { return };
                for (property, scale) in Property::ALL.into_iter().zip(*scales) {
                    let against = self.weights.of_property(property);
                    in_a_row(part, &numbers, property, |posting, times| {
                        if property != Property::Place {
                            desk.add(posting.thing, worth(scale, against, times as f32, posting.length));
                        } else if let Some(things) = part.places.get(posting.thing as usize) {
                            desk.lies(things);
                        }
                    });
                }
            }
            Form::Start { numbers } => {
                let Some(numbers) = numbers.get(nth) else { return };
                for (thing, property) in part.postings.of_all(numbers) {
                    if property != Property::Place {
                        desk.starts(thing, property);
                    } else if let Some(things) = part.places.get(thing as usize) {
                        desk.lies(things);
                    }
                }
            }
        }
    }
}

/// What words of these rarities are worth in each property, beside what the word itself would be.
fn scales(rarities: [f32; PROPERTIES], beside: f32) -> [f32; PROPERTIES] {
    let mut scales = [0.0; PROPERTIES];
    for ((scale, property), rarity) in scales.iter_mut().zip(Property::ALL).zip(rarities) {
        *scale = Weights::scale(rarity) * (property.worth() * beside);
    }
    scales
}

/// Calls for each thing in a property of which words stand one right after the other, and how often they do.
fn in_a_row(part: &Part, numbers: &[u32], property: Property, mut each: impl FnMut(&Posting, usize)) {
    let lists: Vec<&[Posting]> = numbers.iter().map(|number| part.postings.of(*number, property)).collect();
    let Some(shortest) = lists.iter().min_by_key(|list| list.len()) else { return };
    let mut rests = lists.clone();
    for wanted in *shortest {
        let mut here: Vec<&[u32]> = Vec::with_capacity(lists.len());
        for rest in &mut rests {
            *rest = from(rest, |posting| posting.thing < wanted.thing);
            match rest.first() {
                Some(posting) if posting.thing == wanted.thing => here.push(part.postings.positions(posting)),
                _ => break,
            }
        }
        let ([first, further @ ..], true) = (here.as_slice(), here.len() == lists.len()) else { continue };
        let follows = |start: &&u32| {
            (1..).zip(further).all(|(steps, positions)| positions.binary_search(&start.saturating_add(steps)).is_ok())
        };
        let times = first.iter().filter(follows).count();
        if times > 0 {
            each(wanted, times);
        }
    }
}
