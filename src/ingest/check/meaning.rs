//! Checks of what rows mean together: composite identifiers, links that bind nobody, prerequisites that wait for
//! each other.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::known::Known;
use crate::domain::approval::Code;
use crate::domain::data_model::Scheme;
use crate::domain::refs::{Slug, TableRef, closest};
use crate::domain::sheets::SheetKind;
use crate::ingest::draft::{Draft, Place};
use crate::ingest::report::{Problem, Report, quoted};

const COLUMN: &str = "Identifier scheme";

/// Reports what is wrong with a draft in the light of everything known.
pub(super) fn check(draft: &Draft, known: &Known<'_>, report: &mut Report) {
    schemes(draft, known, report);
    cycles(draft, known, report);
}

/// The fields of one table that hold parts of one scheme in one role.
type Held = BTreeMap<(TableRef, Slug, String), (BTreeSet<Slug>, Place)>;

fn schemes(draft: &Draft, known: &Known<'_>, report: &mut Report) {
    let mut held: Held = BTreeMap::new();
    for (field, place) in draft.model.fields.iter().zip(&draft.places.fields) {
        let Some(used) = &field.scheme else { continue };
        let spot = draft.places.spot(*place, COLUMN);
        let Some(scheme) = known.scheme(&used.scheme) else {
            if known.may_be_on(&[SheetKind::Schemes]) {
                continue;
            }
            // A dot in the name of a simple scheme reads as a part: the whole may be what is meant.
            let near = known.near_schemes(&used.scheme);
            let what = format!("The identifier scheme “{}” is neither in these files nor published.", used.scheme);
            let mend = match near.as_slice() {
                [] => "Correct the name, or define it on “Identifier schemes” in one of the files.".to_owned(),
                near => format!("Did you mean {}? Else define it on “Identifier schemes”.", quoted(near)),
            };
            report.add(spot, Problem::error("UNKNOWN_SCHEME", what).mend(mend));
            continue;
        };
        match &used.part {
            None if !scheme.parts.is_empty() => {
                let what = format!("“{}” is composite; the field must say which part it holds.", scheme.slug);
                let parts = scheme.parts.iter().map(|part| format!("{}.{part}", scheme.slug));
                let problem = Problem::error("SCHEME_PART_MISSING", what);
                report.add(spot, problem.mend(format!("Write one of {}.", quoted(parts))));
            }
            Some(part) if !scheme.parts.contains(part) => {
                report.add(spot, unknown_part(scheme, part));
            }
            Some(part) => {
                let role = field.role.as_ref().map(|role| role.as_str().to_owned()).unwrap_or_default();
                let key = (field.table_ref(), used.scheme.clone(), role);
                held.entry(key).or_insert_with(|| (BTreeSet::new(), *place)).0.insert(part.clone());
            }
            None => {}
        }
    }
    for ((table, slug, role), (parts, place)) in held {
        let Some(scheme) = known.scheme(&slug) else { continue };
        let missing: Vec<&str> = scheme.parts.iter().filter(|part| !parts.contains(*part)).map(Slug::as_str).collect();
        if !missing.is_empty() {
            let role = if role.is_empty() { String::new() } else { format!(" in the role {role}") };
            let what = format!("{table} holds “{slug}”{role} without {}.", quoted(missing));
            let problem = Problem::warning("INCOMPLETE_COMPOSITE", what)
                .why("A composite identifier links only with all its parts; the table is not linked by it.");
            report.add(draft.places.spot(place, COLUMN), problem.mend("Mark the fields that hold the other parts."));
        }
    }
}

fn unknown_part(scheme: &Scheme, part: &Slug) -> Problem {
    if scheme.parts.is_empty() {
        let what = format!("“{}” is a simple identifier and has no part “{part}”.", scheme.slug);
        let mend = format!("Write “{}”, or name its parts on “Identifier schemes”.", scheme.slug);
        return Problem::error("UNKNOWN_SCHEME_PART", what).mend(mend);
    }
    let near = closest(part.as_str(), scheme.parts.iter().map(Slug::as_str), 1);
    let hint = near.first().map(|near| format!(" Did you mean “{near}”?")).unwrap_or_default();
    let parts = quoted(scheme.parts.iter().map(Slug::as_str));
    let what = format!("“{}” has no part “{part}”.", scheme.slug);
    Problem::error("UNKNOWN_SCHEME_PART", what).mend(format!("Its parts are {parts}.{hint}"))
}

/// Approvals that wait for themselves, each circle told once, at its first approval in the workbook.
fn cycles(draft: &Draft, known: &Known<'_>, report: &mut Report) {
    let mut told: HashSet<Code> = HashSet::new();
    for (approval, place) in draft.model.approvals.iter().zip(&draft.places.approvals) {
        if told.contains(&approval.code) {
            continue;
        }
        let Some(circle) = circle(&approval.code, known) else { continue };
        let shown = circle.iter().chain(circle.first()).map(Code::as_str).collect::<Vec<_>>().join(" → ");
        told.extend(circle);
        let what = format!("The prerequisites go round in a circle: {shown}.");
        let problem = Problem::error("CYCLIC_PREREQUISITES", what)
            .why("Each would have to be had before the other.")
            .mend("Delete one of these prerequisites.");
        report.add(draft.places.spot(*place, "Prerequisites"), problem);
    }
}

/// The shortest way from an approval through prerequisites back to itself.
fn circle(start: &Code, known: &Known<'_>) -> Option<Vec<Code>> {
    let mut ways: Vec<Vec<Code>> = vec![vec![start.clone()]];
    let mut seen: HashSet<Code> = HashSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let Some(last) = way.last() else { continue };
            for next in known.prerequisites(last) {
                if next == start {
                    return Some(way);
                }
                if seen.insert(next.clone()) {
                    let mut way = way.clone();
                    way.push(next.clone());
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}
