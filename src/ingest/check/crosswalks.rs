//! Checks of what crosswalks say of people: cardinalities that contradict each other, and more people linked than there
//! are.

use super::known::Known;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::Scheme;
use crate::domain::number::grouped;
use crate::domain::refs::Slug;
use crate::domain::words::{Cardinality, Entity};
use crate::ingest::draft::{Draft, Place};
use crate::ingest::report::{Problem, Report, quoted};

/// Reports what contradicts itself in a draft in the light of everything known.
pub(super) fn check(draft: &Draft, known: &Known<'_>, report: &mut Report) {
    for (crosswalk, place) in draft.model.crosswalks.iter().zip(&draft.places.crosswalks) {
        cardinalities(draft, known, crosswalk, *place, report);
        people(draft, known, crosswalk, *place, report);
    }
}

/// How many belong together by another crosswalk between the same two schemes, read in the direction of this one.
fn seen(crosswalk: &Crosswalk, other: &Crosswalk) -> Option<Cardinality> {
    let cardinality = other.cardinality?;
    if (&other.from, &other.to) == (&crosswalk.from, &crosswalk.to) {
        Some(cardinality)
    } else if (&other.from, &other.to) == (&crosswalk.to, &crosswalk.from) {
        Some(cardinality.reversed())
    } else {
        None
    }
}

/// Told once for each two, at the later of the workbook.
fn cardinalities(draft: &Draft, known: &Known<'_>, crosswalk: &Crosswalk, place: Place, report: &mut Report) {
    const COLUMN: &str = "Cardinality";
    let Some(own) = crosswalk.cardinality else { return };
    let at = |slug: &Slug| draft.model.crosswalks.iter().position(|held| held.slug == *slug);
    let mine = at(&crosswalk.slug);
    let others = known.crosswalks().filter(|other| other.slug != crosswalk.slug);
    for other in others.filter(|other| at(&other.slug).is_none_or(|theirs| Some(theirs) < mine)) {
        let Some(theirs) = seen(crosswalk, other).filter(|theirs| *theirs != own) else { continue };
        let here = draft.places.spot(place, COLUMN);
        let there = at(&other.slug).and_then(|at| draft.places.crosswalks.get(at));
        let there = there.map_or("in what is published or in another file".to_owned(), |place| {
            format!("in {}", draft.places.spot(*place, COLUMN))
        });
        let stated = other.cardinality.map(|stated| stated.to_string()).unwrap_or_default();
        let what = format!(
            "“{}” says in {here} that {} to {} is {own}, but “{}” says {there} that {} to {} is {stated}, which makes it {theirs}.",
            crosswalk.slug, crosswalk.from, crosswalk.to, other.slug, other.from, other.to
        );
        let problem = Problem::warning("CONTRADICTORY_CARDINALITIES", what)
            .why("How many rows a join gives hangs on it: a plan goes by the crosswalk that it uses, and warns.")
            .mend("Correct the wrong one, or leave the cell blank where it is not known.");
        report.add(here, problem);
    }
}

/// More people linked than either side can have, or than its own match rate allows.
fn people(draft: &Draft, known: &Known<'_>, crosswalk: &Crosswalk, place: Place, report: &mut Report) {
    const COLUMN: &str = "Linked people";
    let Some(linked) = crosswalk.linked_people else { return };
    let mut add = |what: String, mend: &str| {
        let problem = Problem::warning("MORE_LINKED_THAN_PEOPLE", what)
            .why("The expected number of linked people rests on these figures.");
        report.add(draft.places.spot(place, COLUMN), problem.mend(mend));
    };
    let is_person = |scheme: &Scheme| scheme.entity == Entity::Person;
    for slug in [&crosswalk.from, &crosswalk.to] {
        // Several datasets may hold different people: together no more than the sum.
        let Some(holders) = known.people_holding(slug) else { continue };
        let all = holders.iter().fold(0_u64, |sum, (_, people)| sum.saturating_add(*people));
        if known.scheme(slug).is_some_and(is_person) && linked > all {
            let names = quoted(holders.iter().map(|(dataset, _)| dataset.as_str()));
            let what = format!(
                "“{}” links {} people, but {names}, which hold “{slug}”, have {} together.",
                crosswalk.slug,
                grouped(linked),
                grouped(all)
            );
            add(what, "Correct “Linked people”, or the “Population” of the datasets.");
        }
    }
    let from = known.people_holding(&crosswalk.from).filter(|_| known.scheme(&crosswalk.from).is_some_and(is_person));
    let (Some(rate), Some(holders)) = (crosswalk.match_rate, from) else { return };
    let all = holders.iter().fold(0_u64, |sum, (_, people)| sum.saturating_add(*people));
    let of = |share: f64| exact(all) * share;
    let says = |how: &str, people: f64| {
        format!(
            "“{}” links {} people, but its match rate allows {how} {} of the {} that hold “{}”.",
            crosswalk.slug,
            grouped(linked),
            grouped(whole(people)),
            grouped(all),
            crosswalk.from
        )
    };
    // A rate is known to a few digits: one person in a thousand is no contradiction.
    let slack = exact(all) / 1_000.0;
    if linked <= all && exact(linked) > of(rate.high) + slack {
        add(says("at most", of(rate.high)), "Correct “Linked people” or “Match rate”.");
    } else if holders.len() == 1 && exact(linked) + slack < of(rate.low) {
        add(says("at least", of(rate.low)), "Correct “Linked people” or “Match rate”.");
    }
}

#[expect(clippy::cast_precision_loss, reason = "no population comes near 2^53")]
fn exact(people: u64) -> f64 {
    people as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people, not negative")]
fn whole(people: f64) -> u64 {
    people.round() as u64
}
