//! How many people can be expected in the linked data (linkage.md §5.1).
//!
//! The tables of a plan and its joins form a tree. With n people in each table and m in both ends of each join, the
//! people in all of them are at most min m and at least Σ m − Σ (degree − 1) n: the generalised Fréchet bounds of a
//! decomposable graph, its cliques less its separators (Dobra and Fienberg, PNAS 97(22):11885). If the joins are
//! independent of one another given the table between them, they are Π m / Π n^(degree − 1). What is not recorded is
//! not known: it bounds nothing, and there is no point without it.

use std::collections::{BTreeMap, BTreeSet};

use super::explain::Explained;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::{Crosswalk, Share};
use crate::domain::number::{grouped, percent};
use crate::domain::plan::{Cohort, Counted, Figure, Known, Step};
use crate::domain::refs::TableRef;
use crate::domain::words::{Entity, Provenance};

/// A number of people, known to lie in a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

impl Range {
    /// A number that is known.
    #[must_use]
    pub fn exactly(people: f64) -> Self {
        Self { low: people, high: people }
    }
}

/// The people that are in every table of a tree of joins, at least and at most. `joins` are two tables and the people
/// in both. Without a table there is nobody.
#[must_use]
pub fn bounds(tables: &[Range], joins: &[(usize, usize, Range)]) -> Range {
    let highs = tables.iter().chain(joins.iter().map(|(_, _, both)| both)).map(|range| range.high);
    let high = highs.reduce(f64::min).unwrap_or_default();
    let low = match (tables, joins) {
        ([only], []) => only.low,
        _ => {
            let shared: f64 = joins.iter().map(|(_, _, both)| both.low).sum();
            let counted: f64 = degrees(tables.len(), joins).map(|(at, beyond)| beyond * tables[at].high).sum();
            shared - counted
        }
    };
    Range { low: low.clamp(0.0, high), high }
}

/// The people in every table if the joins are independent of one another given the table between them.
#[must_use]
pub fn point(tables: &[f64], joins: &[(usize, usize, f64)]) -> f64 {
    if joins.is_empty() {
        return tables.first().copied().unwrap_or_default();
    }
    let ranges: Vec<(usize, usize, Range)> = joins.iter().map(|(u, v, both)| (*u, *v, Range::exactly(*both))).collect();
    let shared: f64 = joins.iter().map(|(_, _, both)| both).product();
    let between: f64 = degrees(tables.len(), &ranges).map(|(at, beyond)| tables[at].powf(beyond)).product();
    if between > 0.0 { shared / between } else { 0.0 }
}

/// The tables that several joins meet in, and how many beyond the first.
fn degrees(tables: usize, joins: &[(usize, usize, Range)]) -> impl Iterator<Item = (usize, f64)> {
    let mut degree = vec![0u32; tables];
    for (u, v, _) in joins {
        for end in [*u, *v] {
            if let Some(degree) = degree.get_mut(end) {
                *degree += 1;
            }
        }
    }
    degree.into_iter().enumerate().filter(|(_, degree)| *degree > 1).map(|(at, degree)| (at, f64::from(degree - 1)))
}

/// A figure before it is rounded: what of it is known.
#[derive(Clone, Debug)]
struct Raw {
    low: Option<f64>,
    high: Option<f64>,
    /// The single number to reckon a point with.
    likely: Option<f64>,
    known: Known,
    basis: String,
    /// What its upper bound rests on, where that is another figure than its own.
    bound: Option<String>,
}

/// The cohort of a plan; `None` where no figure is recorded for any part of it.
#[must_use]
pub fn expected(catalogue: &Catalogue, plan: &Explained) -> Option<Cohort> {
    let tables: Vec<Raw> = plan.tables.iter().map(|table| people_in(catalogue, table)).collect();
    let place: BTreeMap<&TableRef, usize> = plan.tables.iter().enumerate().map(|(at, table)| (table, at)).collect();
    let joins: Vec<(usize, usize, Raw)> = plan
        .steps
        .iter()
        .filter_map(|step| {
            let (u, v) = (*place.get(&step.from.table)?, *place.get(&step.to.table)?);
            Some((u, v, people_in_both(catalogue, step, tables.get(u)?, tables.get(v)?)))
        })
        .collect();
    let relatives = relatives(&plan.steps);
    let bounding = |at: usize| plan.tables.get(at).is_some_and(|table| !relatives.contains(&table));
    let highs = tables.iter().enumerate().filter(|(at, _)| bounding(*at)).map(|(_, raw)| raw);
    let highs = highs.chain(joins.iter().filter(|(from, _, _)| bounding(*from)).map(|(_, _, raw)| raw));
    let looked_up =
        looked_up(catalogue, plan, |table| place.get(table).filter(|at| bounding(**at)).and_then(|at| tables.get(*at)));
    let highs = highs.chain(&looked_up);
    let (high, by) =
        highs.filter_map(|raw| raw.high.map(|high| (high, raw))).min_by(|(one, _), (other, _)| one.total_cmp(other))?;
    let low = exact_low(&tables, &joins).filter(|_| relatives.is_empty()).unwrap_or_default().min(high);
    let again = counted_again(catalogue, &plan.steps);
    let likely = likely(&tables, &joins).filter(|_| again > 0.0).map(|point| (point / again).clamp(low, high));
    let figures = plan
        .tables
        .iter()
        .zip(&tables)
        .map(|(table, raw)| figure(table.to_string(), Counted::Table, raw))
        .chain(plan.steps.iter().zip(&joins).map(|(step, (_, _, raw))| figure(join_name(step), Counted::Join, raw)))
        .collect();
    let basis = basis(by, low, likely, &joins);
    let (low, high, point) = (round_down(low), round_up(high), likely.and_then(round_near));
    let cohort = Cohort { low, high, point, basis, figures };
    let size = cohort.size_only().map(|figure| {
        let told = if high > 10 { grouped(high) } else { "fewer than 10".to_owned() };
        format!(
            "only the size of one source: {told} {}; how many people the sources have in common is not recorded",
            figure.basis
        )
    });
    Some(Cohort { basis: size.unwrap_or(cohort.basis), ..cohort })
}

/// What the recorded share of each crosswalk allows of each table that holds the identifier it starts from, whichever of
/// them the steps go on from. Where links can be wrong or missed, who belongs together is not bounded by who is linked.
fn looked_up<'t>(
    catalogue: &Catalogue,
    plan: &Explained,
    people_in: impl Fn(&TableRef) -> Option<&'t Raw>,
) -> Vec<Raw> {
    let shares = plan.looked_up.iter().filter_map(|(slug, holders)| {
        let crosswalk = catalogue.crosswalks.get(slug)?;
        let exact = crosswalk.ppv.is_none() && crosswalk.sensitivity.is_none();
        Some((slug, holders, crosswalk.match_rate.filter(|_| exact)?))
    });
    let mut bounded = Vec::new();
    for (slug, holders, share) in shares {
        for people in holders.iter().filter_map(&people_in) {
            let basis = format!("{} by the recorded match rate of {slug}", people.basis);
            let high = people.high.map(|people| people * share.high);
            bounded.push(Raw { low: None, high, likely: None, known: Known::Estimated, basis, bound: None });
        }
    }
    bounded
}

/// The tables of relatives who can belong to several people, and what is joined to those: a relative is not one of the
/// people, so that none of these tables bounds how many they are.
fn relatives(steps: &[Step]) -> BTreeSet<&TableRef> {
    let mut found = BTreeSet::new();
    for step in steps {
        let relative = step.role.as_deref().is_some_and(|role| role != "any") && !step.cardinality.one_left();
        if relative || found.contains(&step.from.table) {
            found.insert(&step.to.table);
        }
    }
    found
}

fn exact_low(tables: &[Raw], joins: &[(usize, usize, Raw)]) -> Option<f64> {
    let ranges: Vec<Range> = tables
        .iter()
        .map(|raw| Range { low: raw.low.unwrap_or_default(), high: raw.high.unwrap_or(f64::INFINITY) })
        .collect();
    let both: Option<Vec<(usize, usize, Range)>> = joins
        .iter()
        .map(|(u, v, raw)| Some((*u, *v, Range { low: raw.low?, high: raw.high.unwrap_or(f64::INFINITY) })))
        .collect();
    let low = bounds(&ranges, &both?).low;
    low.is_finite().then_some(low)
}

fn likely(tables: &[Raw], joins: &[(usize, usize, Raw)]) -> Option<f64> {
    let both: Vec<(usize, usize, f64)> =
        joins.iter().map(|(u, v, raw)| raw.likely.map(|likely| (*u, *v, likely))).collect::<Option<_>>()?;
    let degree = |at: usize| both.iter().filter(|(u, v, _)| *u == at || *v == at).count();
    let people: Vec<f64> = tables
        .iter()
        .enumerate()
        .map(|(at, raw)| if both.is_empty() || degree(at) > 1 { raw.likely } else { Some(0.0) })
        .collect::<Option<_>>()?;
    Some(point(&people, &both))
}

fn loose(provenance: Option<Provenance>) -> Known {
    if matches!(provenance, Some(Provenance::Inferred | Provenance::Illustrative)) {
        Known::Estimated
    } else {
        Known::Measured
    }
}

fn people_in(catalogue: &Catalogue, reference: &TableRef) -> Raw {
    let table = catalogue.table(reference).map(|entry| &entry.table);
    if let Some((table, people)) = table.and_then(|table| Some((table, table.population?))) {
        let people = exact(people);
        return Raw {
            low: Some(people),
            high: Some(people),
            likely: Some(people),
            known: loose(table.provenance),
            basis: format!("people recorded for {reference}"),
            bound: None,
        };
    }
    let dataset = catalogue.dataset(&reference.dataset).map(|entry| &entry.dataset);
    match dataset.and_then(|dataset| dataset.population) {
        // Of the dataset's people not all need be in this table.
        Some(people) => Raw {
            low: None,
            high: Some(exact(people)),
            likely: Some(exact(people)),
            known: Known::Estimated,
            basis: format!("people recorded for the dataset {}", reference.dataset),
            bound: None,
        },
        None => Raw {
            low: None,
            high: None,
            likely: None,
            known: Known::Unknown,
            basis: format!("how many people are in {reference} is not recorded"),
            bound: None,
        },
    }
}

/// The people that both ends of a join have: by what is recorded of its crosswalks and of their errors, else by what
/// the two tables allow.
fn people_in_both(catalogue: &Catalogue, step: &Step, from: &Raw, to: &Raw) -> Raw {
    let linked = linked(catalogue, step, from, to);
    let crosswalks = step.crosswalks.iter().filter_map(|slug| catalogue.crosswalks.get(slug)).map(AsRef::as_ref);
    let errors: Vec<&Crosswalk> =
        crosswalks.filter(|crosswalk| crosswalk.ppv.is_some() || crosswalk.sensitivity.is_some()).collect();
    // What bounds nothing but the tables is no number of links.
    if errors.is_empty() || linked.known == Known::Unknown {
        return linked;
    }
    let ends = [from.high, to.high].into_iter().flatten().reduce(f64::min);
    errors.into_iter().fold(linked, |linked, crosswalk| truly(linked, crosswalk, ends))
}

/// Of the pairs that a crosswalk links, those that belong together, and those that it missed besides: with m linked
/// they are between m · PPV / sensitivity at its lowest and at its highest (linkage.md §5.1). Where one of the two is
/// not recorded it may be anything up to 1.
fn truly(linked: Raw, crosswalk: &Crosswalk, ends: Option<f64>) -> Raw {
    let Raw { low, high, likely, known, basis, bound } = linked;
    let (ppv, sensitivity) = (crosswalk.ppv, crosswalk.sensitivity);
    let least = |share: Option<Share>| share.map(|share| share.low).filter(|low| *low > 0.0);
    let most = |share: Option<Share>| share.map_or(1.0, |share| share.high);
    let within = |people: f64| ends.map_or(people, |ends| people.min(ends));
    let middle = |share: Share| f64::midpoint(share.low, share.high);
    let found = most(sensitivity);
    let low = low.zip(least(ppv)).filter(|_| found > 0.0).map(|(low, right)| within(low * right / found));
    let high = match (high, least(sensitivity)) {
        (Some(high), Some(found)) => Some(within(high * most(ppv) / found)),
        (Some(_), None) | (None, _) => ends,
    };
    let likely = match (likely, ppv, sensitivity) {
        (Some(likely), Some(ppv), Some(sensitivity)) if sensitivity.high > 0.0 => {
            Some(within(likely * middle(ppv) / middle(sensitivity)))
        }
        _ => None,
    };
    let told = |name: &str, share: Option<Share>| match share {
        None => format!("{name} not recorded"),
        Some(share) if share.low < share.high => format!("{name} {}–{} %", percent(share.low), percent(share.high)),
        Some(share) => format!("{name} {} %", percent(share.high)),
    };
    let basis =
        format!("{basis}, allowing for its linkage error ({}, {})", told("PPV", ppv), told("sensitivity", sensitivity));
    let known = known.max(Known::Estimated);
    Raw { low, high, likely, known, basis, bound }
}

/// The people that are linked: by what is recorded of the crosswalks, else by what the two tables allow.
fn linked(catalogue: &Catalogue, step: &Step, from: &Raw, to: &Raw) -> Raw {
    let ends = [from.high, to.high].into_iter().flatten().reduce(f64::min);
    let smaller =
        [from, to].into_iter().filter_map(|end| Some((end.high?, end))).min_by(|(a, _), (b, _)| a.total_cmp(b));
    let smaller = smaller.map(|(_, end)| end.basis.clone());
    let crosswalks: Vec<&Crosswalk> =
        step.crosswalks.iter().filter_map(|slug| catalogue.crosswalks.get(slug)).map(AsRef::as_ref).collect();
    let counted = crosswalks.iter().filter_map(|crosswalk| crosswalk.linked_people).map(exact).reduce(f64::min);
    let least = |one: Option<f64>, other: Option<f64>| one.into_iter().chain(other).reduce(f64::min);
    if let ([crosswalk], Some(people)) = (crosswalks.as_slice(), counted) {
        let fits = ends.is_none_or(|ends| people <= ends);
        return Raw {
            low: fits.then_some(people),
            high: least(Some(people), ends),
            likely: least(Some(people), ends),
            known: loose(crosswalk.provenance),
            basis: format!("people linked by {}", crosswalk.slug),
            bound: None,
        };
    }
    if let Some((forwards, rates)) = rates(step, &crosswalks) {
        let (from, own) = if forwards { (from, rates.first()) } else { (to, rates.last()) };
        let (low, high) = rates.iter().fold((1.0, 1.0), |(low, high), (l, h)| (low * l, high * h));
        // Of several crosswalks in a row the shares multiply only if they are independent: of the bounds only that of
        // the first, which these people meet themselves, holds.
        let single = rates.len() == 1;
        let bound = from.high.zip(own).map(|(people, (_, best))| people * best);
        return Raw {
            // Figures that contradict each other say nothing for sure.
            low: from.low.filter(|_| single).map(|people| people * low).filter(|low| ends.is_none_or(|e| *low <= e)),
            high: least(least(bound, counted), ends),
            likely: from
                .likely
                .map(|people| people * f64::midpoint(low, high))
                .map(|most| ends.map_or(most, |ends| most.min(ends))),
            known: Known::Estimated,
            basis: format!("{} by the recorded match rate of {}", from.basis, join_name(step)),
            bound: None,
        };
    }
    if let Some(low) = shared_at_least(catalogue, step, from, to) {
        return Raw {
            low: Some(low),
            high: ends,
            likely: None,
            known: Known::Estimated,
            basis: format!("what the people of {} allow", step.from.table.dataset),
            bound: smaller,
        };
    }
    Raw {
        low: None,
        high: least(counted, ends),
        likely: None,
        known: Known::Unknown,
        basis: format!("how many people {} and {} have in common is not recorded", step.from.table, step.to.table),
        bound: counted
            .filter(|people| ends.is_none_or(|ends| *people < ends))
            .map_or(smaller, |_| Some(format!("people linked by {}", join_name(step)))),
    }
}

/// The shares of each crosswalk of a step where all are recorded, and whether the step goes from their From side; a step
/// that goes against every one of them starts, for this, at its other end.
fn rates(step: &Step, crosswalks: &[&Crosswalk]) -> Option<(bool, Vec<(f64, f64)>)> {
    let ways = crosswalks.iter().enumerate().map(|(at, crosswalk)| step.schemes.get(at) == Some(&crosswalk.from));
    let ways: Vec<bool> = ways.collect();
    let forwards = *ways.first()?;
    let shares = crosswalks.iter().map(|crosswalk| crosswalk.match_rate.map(|rate| (rate.low, rate.high)));
    let shares: Vec<(f64, f64)> = shares.collect::<Option<_>>()?;
    ways.iter().all(|way| *way == forwards).then_some((forwards, shares))
}

/// What the point counts more than once: who is lost on a crosswalk that several steps from one table share is lost
/// once, as the steps part only behind it.
fn counted_again(catalogue: &Catalogue, steps: &[Step]) -> f64 {
    let mut seen = BTreeSet::new();
    let mut again = 1.0;
    for step in steps {
        let crosswalks: Vec<&Crosswalk> =
            step.crosswalks.iter().filter_map(|slug| catalogue.crosswalks.get(slug)).map(AsRef::as_ref).collect();
        let Some((forwards, rates)) = rates(step, &crosswalks) else { continue };
        let start = if forwards { &step.from.table } else { &step.to.table };
        for (crosswalk, (low, high)) in crosswalks.iter().zip(rates) {
            if !seen.insert((&crosswalk.slug, start, &step.role)) {
                again *= f64::midpoint(low, high);
            }
        }
    }
    again
}

/// Two tables of one dataset share at least what does not fit beside each other into its people.
fn shared_at_least(catalogue: &Catalogue, step: &Step, from: &Raw, to: &Raw) -> Option<f64> {
    let dataset = &step.from.table.dataset;
    let scheme = step.schemes.first().and_then(|slug| catalogue.schemes.get(slug))?;
    let own = step.crosswalks.is_empty() && step.role.is_none() && scheme.entity == Entity::Person;
    let all = catalogue.dataset(dataset)?.dataset.population.map(exact)?;
    let (one, other) = (from.low?, to.low?);
    (own && *dataset == step.to.table.dataset && one <= all && other <= all).then(|| (one + other - all).max(0.0))
}

fn join_name(step: &Step) -> String {
    if step.crosswalks.is_empty() {
        return format!("{} = {}", step.from.table, step.to.table);
    }
    step.crosswalks.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
}

fn figure(subject: String, counts: Counted, raw: &Raw) -> Figure {
    let (low, high) = (raw.low.map(round_down), raw.high.map(round_up));
    Figure { subject, counts, low, high, known: raw.known, basis: raw.basis.clone() }
}

fn basis(by: &Raw, low: f64, likely: Option<f64>, joins: &[(usize, usize, Raw)]) -> String {
    let high = by.high.unwrap_or_default();
    let figure = if high > 0.0 && high < 8.0 { "fewer than 10".to_owned() } else { grouped(round_up(high)) };
    let of = by.bound.as_ref().unwrap_or(&by.basis);
    let unknown = joins.iter().filter(|(_, _, raw)| raw.low.is_none()).count();
    match likely {
        None if joins.is_empty() => format!("{figure} {of}"),
        None if low == 0.0 => {
            format!("upper bound only: {figure} {of}; how many of them are linked is not recorded")
        }
        None => format!("at most {figure} {of}; at least what does not fit beside each other"),
        Some(_) if joins.is_empty() => format!("{figure} {of}"),
        Some(_) => {
            let open = if unknown > 0 { "; the lower bound is open, as not every figure is recorded" } else { "" };
            format!(
                "at most {figure} {of}{open}; the point assumes that each join is independent of the others given the table between, and that recorded shares hold for these people"
            )
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no population comes near 2^53")]
fn exact(people: u64) -> f64 {
    people as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people, not negative")]
fn round_whole(people: f64) -> u64 {
    people.max(0.0).round() as u64
}

/// Down to a multiple of five; what would be 1–7 is nought (NHS England's rule for counts below the nation).
#[must_use]
pub fn round_down(people: f64) -> u64 {
    match round_whole((people + 1e-9).floor()) / 5 * 5 {
        5 => 0,
        rounded => rounded,
    }
}

/// Up to a multiple of five; what would be 1–7 is ten.
#[must_use]
pub fn round_up(people: f64) -> u64 {
    match round_whole((people - 1e-9).ceil()).div_ceil(5) * 5 {
        5 => 10,
        rounded => rounded,
    }
}

/// To the nearest multiple of five; nothing where that would tell a number of 1–7.
fn round_near(people: f64) -> Option<u64> {
    let rounded = round_whole(people / 5.0) * 5;
    (rounded == 0 && people < 0.5 || rounded > 7).then_some(rounded)
}
