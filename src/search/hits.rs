//! Hits: why a thing was found, and the piece of its description that shows it.

use std::sync::Arc;

use indexmap::IndexMap;

use super::question::{Question, Wanted};
use super::record::{Property, Record};
use super::request::{Hit, Matched};
use super::words::{Endings, Place, places};
use crate::domain::data_model::Scheme;
use crate::domain::refs::Slug;

/// The most characters of a description that are shown.
const PIECE: usize = 240;
/// How many characters before the first match the piece of a long description starts.
const BEFORE: usize = 60;

/// Shows one record that was found.
pub(super) fn hit(
    record: &Record,
    score: f32,
    question: Option<&Question>,
    schemes: &IndexMap<Slug, Arc<Scheme>>,
    endings: &mut Endings,
) -> Hit {
    let (matched, other_words) =
        question.map(|question| matched(record, question, schemes, endings)).unwrap_or_default();
    Hit {
        kind: record.kind(),
        reference: record.reference(),
        name: record.name().to_owned(),
        title: record.title().to_owned(),
        description: piece(record.description(), question, endings),
        dataset: record.dataset().cloned(),
        score,
        matched,
        other_words,
    }
}

/// Why it was found, and by which other words for what was asked.
fn matched(
    record: &Record,
    question: &Question,
    schemes: &IndexMap<Slug, Arc<Scheme>>,
    endings: &mut Endings,
) -> (Vec<Matched>, Vec<String>) {
    let (dataset, table) = record.lies_in();
    let around = dataset.into_iter().chain(table).flat_map(|within| within.texts);
    let all = record.texts(schemes).into_iter().chain(around.map(|text| (Property::Place, text)));
    let texts: Vec<(Property, Vec<Place>)> = all.map(|(property, text)| (property, places(text, endings))).collect();
    let properties = |holds: &dyn Fn(&[Place]) -> bool| -> Vec<Matched> {
        texts.iter().filter(|(_, places)| holds(places)).map(|(property, _)| shown(*property)).collect()
    };
    let (mut matched, mut other_words) = (Vec::new(), Vec::new());
    for clause in &question.clauses {
        let mut by_words = Vec::new();
        let all = clause.words.iter().all(|wanted| {
            let mut found = properties(&|places| wanted.is_in(places));
            if found.is_empty() {
                found = properties(&|places| wanted.is_partly_in(places));
            } else if texts.iter().any(|(_, places)| places.iter().any(|place| wanted.near.contains(&place.text))) {
                by_words.push(Matched::Spelling);
            }
            by_words.extend(&found);
            !found.is_empty()
        });
        if all {
            matched.append(&mut by_words);
        } else {
            let instead = properties(&|places| clause.instead.iter().any(|wanted| wanted.is_in(places)));
            if !instead.is_empty() {
                matched.extend(instead);
                matched.push(Matched::Synonym);
                let held = |wanted: &&Wanted| texts.iter().any(|(_, places)| wanted.is_in(places));
                other_words.extend(clause.instead.iter().find(held).map(|wanted| wanted.said.clone()));
            }
        }
    }
    if !matched.iter().any(|matched| *matched != Matched::Place) {
        matched.push(Matched::Name);
    }
    matched.sort_unstable();
    matched.dedup();
    (matched, other_words)
}

fn shown(property: Property) -> Matched {
    match property {
        Property::Name => Matched::Name,
        Property::Title => Matched::Title,
        Property::Keywords => Matched::Keywords,
        Property::Scheme => Matched::IdentifierScheme,
        Property::Description => Matched::Description,
        Property::Values => Matched::Values,
        Property::Other => Matched::OtherColumns,
        Property::Details => Matched::Details,
        Property::Place => Matched::Place,
    }
}

/// A description, of a long one the piece around the first word that was asked for.
fn piece(description: &str, question: Option<&Question>, endings: &mut Endings) -> String {
    let spaced = description.split_whitespace().collect::<Vec<_>>().join(" ");
    if spaced.chars().count() <= PIECE {
        return spaced;
    }
    let mut first = 0;
    if let Some(question) = question {
        let mut asked = |word: &str| {
            let places = places(word, endings);
            question.clauses.iter().any(|clause| {
                let mut wanted = clause.words.iter().chain(&clause.instead);
                wanted.any(|wanted| wanted.is_in(&places) || wanted.parts.iter().any(|part| holds(&places, part)))
            })
        };
        let mut before = 0;
        for word in spaced.split(' ') {
            if asked(word) {
                first = before;
                break;
            }
            before += word.chars().count() + 1;
        }
    }
    let from = first.saturating_sub(BEFORE);
    let mut characters = spaced.chars();
    let mut start = "";
    if from > 0 {
        // Start with a whole word.
        characters.by_ref().take(from).for_each(drop);
        characters.by_ref().take(BEFORE).find(|c| *c == ' ');
        start = "… ";
    }
    let rest = characters.as_str();
    let cut: String = rest.chars().take(PIECE).collect();
    if cut.len() == rest.len() {
        return format!("{start}{cut}");
    }
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{start}{} …", cut.get(..end).unwrap_or(&cut).trim_end())
}

fn holds(places: &[Place], text: &str) -> bool {
    places.iter().any(|place| place.text == text)
}
