//! What to look out for in a plan: who cannot match, what multiplies, what is not recorded.

use std::collections::BTreeSet;

use super::branches::Branches;
use super::explain::Explained;
use super::scope::coverage;
use crate::domain::approval::{Recorded, Use};
use crate::domain::calendar::written;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::Role;
use crate::domain::number::percent;
use crate::domain::plan::{Step, Warning, WarningKind};
use crate::domain::refs::{FieldRef, Ref, Slug, TableRef};
use crate::domain::words::{CrosswalkStatus, Provenance, Sensitivity};

/// Everything to look out for, in the order of the kinds.
#[must_use]
pub fn warnings(catalogue: &Catalogue, plan: &Explained) -> Vec<Warning> {
    let crosswalks: Vec<&Crosswalk> =
        plan.crosswalks.iter().filter_map(|slug| catalogue.crosswalks.get(slug)).map(AsRef::as_ref).collect();
    let datasets: BTreeSet<&Slug> = plan.tables.iter().map(|table| &table.dataset).collect();
    let mut found = Vec::new();
    found.extend(discuss(&crosswalks));
    found.extend(crosswalks.iter().flat_map(|crosswalk| attrition(crosswalk)));
    found.extend(datasets.iter().filter_map(|dataset| consent(catalogue, dataset)));
    found.extend(no_overlap(catalogue, &plan.tables));
    found.extend(multiplying(&plan.steps));
    found.extend(crosswalks.iter().filter_map(|crosswalk| contradictory(catalogue, crosswalk)));
    found.extend(crosswalks.iter().filter_map(|crosswalk| cardinality_not_recorded(crosswalk)));
    found.extend(free_text(&plan.uses));
    found.extend(identifiers(catalogue, plan));
    found.extend(not_recorded(catalogue, &datasets, &crosswalks));
    found.extend(plan.steps.iter().filter_map(staff_key));
    found.extend(provenance(catalogue, plan, &crosswalks));
    found.sort_by_key(|warning| warning.kind);
    found
}

fn warning(kind: WarningKind, text: String, subjects: impl IntoIterator<Item = String>) -> Warning {
    Warning { kind, text, subjects: subjects.into_iter().collect() }
}

fn discuss(crosswalks: &[&Crosswalk]) -> Option<Warning> {
    let open: Vec<&&Crosswalk> =
        crosswalks.iter().filter(|crosswalk| crosswalk.status == CrosswalkStatus::Discuss).collect();
    let links: Vec<String> = open
        .iter()
        .map(|crosswalk| {
            let who = crosswalk.performed_by.map(|who| format!(" (carried out by {who})")).unwrap_or_default();
            format!("{} to {}{who}", crosswalk.from, crosswalk.to)
        })
        .collect();
    (!open.is_empty()).then(|| {
        let text = format!("To be discussed before you apply: the link from {}.", links.join(", and from "));
        warning(WarningKind::DiscussFirst, text, open.iter().map(|crosswalk| crosswalk.slug.to_string()))
    })
}

fn attrition(crosswalk: &Crosswalk) -> Vec<Warning> {
    let link = format!("{} to {}", crosswalk.from, crosswalk.to);
    let rate = match crosswalk.match_rate {
        Some(rate) if rate.high < 1.0 => {
            let range = if rate.low < rate.high {
                format!("{}–{}", percent(rate.low), percent(rate.high))
            } else {
                percent(rate.high)
            };
            Some(format!("From {link}, {range} % of people find a match."))
        }
        Some(_) => None,
        None => Some(format!("From {link}, how many people find a match is not recorded.")),
    };
    let restriction = (!crosswalk.restriction.is_empty()).then(|| format!("From {link}: {}", crosswalk.restriction));
    let told = |kind, text| warning(kind, text, [crosswalk.slug.to_string()]);
    let restriction = restriction.map(|text| told(WarningKind::Restriction, text));
    restriction.into_iter().chain(rate.map(|text| told(WarningKind::Attrition, text))).collect()
}

fn consent(catalogue: &Catalogue, dataset: &Slug) -> Option<Warning> {
    let entry = catalogue.dataset(dataset)?;
    let basis = &entry.dataset.consent_basis;
    basis.to_lowercase().contains("consent").then(|| {
        let text = format!("{} ({dataset}): {basis}", entry.dataset.title);
        warning(WarningKind::Consent, text, [dataset.to_string()])
    })
}

fn no_overlap(catalogue: &Catalogue, tables: &[TableRef]) -> Vec<Warning> {
    let coverage = |table: &TableRef| coverage(catalogue, table);
    let mut found = Vec::new();
    for (at, one) in tables.iter().enumerate() {
        for other in tables.iter().skip(at + 1) {
            for (early, late) in [(one, other), (other, one)] {
                if let (Some(end), Some(start)) = (coverage(early).end, coverage(late).start)
                    && end < start
                {
                    let text = format!(
                        "{early} ends on {} and {late} starts on {}: no record of theirs is of the same time.",
                        written(end),
                        written(start)
                    );
                    found.push(warning(WarningKind::NoOverlap, text, [early.to_string(), late.to_string()]));
                }
            }
        }
    }
    found
}

/// What the joins multiply, each with its remedy and its place among the preparations (linkage.md §3.6).
fn multiplying(steps: &[Step]) -> Vec<Warning> {
    let branches = Branches::of(steps);
    let many: Vec<&Step> = branches.multiplying().collect();
    // Preparations go from the far end.
    let order = |table: &TableRef| many.iter().rev().position(|step| step.to.table == *table).map(|at| at + 1);
    let mut found: Vec<Warning> = many
        .iter()
        .map(|step| {
            let (from, to) = (&step.from.table, &step.to.table);
            let others: Vec<String> = branches
                .repeated_by(step)
                .into_iter()
                .filter(|table| *table != from)
                .map(|table| format!("in {table}"))
                .collect();
            let others = match others.as_slice() {
                [] => String::new(),
                [one] => format!(" and {one}"),
                several => format!(" and in the {} other tables joined so far", several.len()),
            };
            let nth = order(to).unwrap_or_default();
            let text = format!(
                "One row of {from} meets several of {to}, so what is counted in {from}{others} repeats: aggregate {to} first (preparation {nth})."
            );
            warning(WarningKind::FanOut, text, [from.to_string(), to.to_string()])
        })
        .collect();
    found.extend(branches.chasms().into_iter().map(|chasm| {
        let mut tables: Vec<&TableRef> = chasm.branches.iter().flatten().copied().collect();
        let branch = |tables: &Vec<&TableRef>| tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let each: Vec<String> = chasm.branches.iter().map(branch).collect();
        tables.sort_by_key(|table| order(table));
        let turns: Vec<String> = tables.iter().filter_map(|table| order(table)).map(|nth| nth.to_string()).collect();
        let text = format!(
            "{} branches at {} each give several rows ({}): joined together they give every combination. Aggregate them before joining, in this order: {} (preparations {}).",
            chasm.branches.len(),
            chasm.at,
            each.join(" against "),
            tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            turns.join(", ")
        );
        let subjects = std::iter::once(chasm.at.to_string()).chain(chasm.branches.iter().flatten().map(ToString::to_string));
        warning(WarningKind::Chasm, text, subjects)
    }));
    found
}

/// Crosswalks between the same two identifiers, in either direction, that record different cardinalities. A plan goes by
/// the one that it uses.
fn contradictory(catalogue: &Catalogue, crosswalk: &Crosswalk) -> Option<Warning> {
    let own = crosswalk.cardinality?;
    let seen = |other: &Crosswalk| {
        let cardinality = other.cardinality?;
        if (&other.from, &other.to) == (&crosswalk.from, &crosswalk.to) {
            Some(cardinality)
        } else if (&other.from, &other.to) == (&crosswalk.to, &crosswalk.from) {
            Some(cardinality.reversed())
        } else {
            None
        }
    };
    let others: Vec<(&Crosswalk, _)> = catalogue
        .crosswalks
        .values()
        .map(AsRef::as_ref)
        .filter(|other| other.slug != crosswalk.slug)
        .filter_map(|other| seen(other).filter(|theirs| *theirs != own).map(|theirs| (other, theirs)))
        .collect();
    let told: Vec<String> = others.iter().map(|(other, theirs)| format!("{theirs} by {}", other.slug)).collect();
    (!told.is_empty()).then(|| {
        let text = format!(
            "How many of {} and of {} belong together is contradictory: {own} by {}, {}. The plan goes by the first: ask which holds.",
            crosswalk.from,
            crosswalk.to,
            crosswalk.slug,
            told.join(", ")
        );
        let subjects = std::iter::once(&crosswalk.slug).chain(others.iter().map(|(other, _)| &other.slug));
        warning(WarningKind::Contradictory, text, subjects.map(ToString::to_string))
    })
}

/// A plan takes one on each side where nothing is recorded, which must not pass for knowledge.
fn cardinality_not_recorded(crosswalk: &Crosswalk) -> Option<Warning> {
    crosswalk.cardinality.is_none().then(|| {
        let text = format!(
            "From {} to {}, how many belong together is not recorded: this plan takes one of each. If one can have several of the other, what is counted repeats: ask who holds the link, and count people on both sides after joining.",
            crosswalk.from, crosswalk.to
        );
        warning(WarningKind::CardinalityNotRecorded, text, [crosswalk.slug.to_string()])
    })
}

fn free_text(uses: &BTreeSet<Use>) -> Option<Warning> {
    uses.contains(&Use::Sensitivity(Sensitivity::FreeText)).then(|| {
        let text = "Free text is asked for, which may hold anything, names included.".to_owned();
        warning(WarningKind::FreeText, text, [])
    })
}

fn identifiers(catalogue: &Catalogue, plan: &Explained) -> Option<Warning> {
    let asked =
        plan.satisfies.iter().filter_map(|met| if let Ref::Field(field) = &met.want { Some(field) } else { None });
    let identifying =
        |field: &&FieldRef| catalogue.field(field).and_then(|field| field.sensitivity) == Some(Sensitivity::Identifier);
    let subjects: Vec<String> = asked.filter(identifying).map(ToString::to_string).collect();
    (!subjects.is_empty()).then(|| {
        let text = format!(
            "{} identifies people and may be removed before release. Asking for identifiable data takes more: say so with the project's choice “identifiable”.",
            subjects.join(", ")
        );
        warning(WarningKind::Identifier, text, subjects)
    })
}

fn not_recorded(catalogue: &Catalogue, datasets: &BTreeSet<&Slug>, crosswalks: &[&Crosswalk]) -> Option<Warning> {
    let open = |recorded: &Recorded| *recorded == Recorded::NotRecorded;
    let of_dataset = |slug: &&&Slug| catalogue.dataset(slug).is_some_and(|entry| open(&entry.dataset.approvals));
    let mut subjects: Vec<String> = datasets.iter().filter(of_dataset).map(ToString::to_string).collect();
    subjects.extend(
        crosswalks.iter().filter(|crosswalk| open(&crosswalk.approvals)).map(|crosswalk| crosswalk.slug.to_string()),
    );
    (!subjects.is_empty()).then(|| {
        let text = format!(
            "No approval is recorded for {}. That is not to say that none is needed: ask the custodian.",
            subjects.join(", ")
        );
        warning(WarningKind::ApprovalsNotRecorded, text, subjects)
    })
}

fn staff_key(step: &Step) -> Option<Warning> {
    (step.role.as_deref() == Some(Role::STAFF)).then(|| {
        let text = format!(
            "{} and {} are joined on a member of staff, not on the people that their rows are about.",
            step.from.table, step.to.table
        );
        warning(WarningKind::StaffKey, text, [step.from.to_string(), step.to.to_string()])
    })
}

fn provenance(catalogue: &Catalogue, plan: &Explained, crosswalks: &[&Crosswalk]) -> Option<Warning> {
    let loose =
        |provenance: Option<Provenance>| matches!(provenance, Some(Provenance::Inferred | Provenance::Illustrative));
    let fields = plan.steps.iter().flat_map(|step| &step.pairs).flat_map(|pair| [&pair.from, &pair.to]);
    let mut subjects: Vec<String> = fields
        .filter(|field| catalogue.field(field).is_some_and(|field| loose(field.provenance)))
        .map(ToString::to_string)
        .collect();
    subjects.extend(
        crosswalks.iter().filter(|crosswalk| loose(crosswalk.provenance)).map(|crosswalk| crosswalk.slug.to_string()),
    );
    subjects.sort();
    subjects.dedup();
    (!subjects.is_empty()).then(|| {
        let text = format!(
            "This rests on what is inferred or illustrative, not stated by the custodian: {}.",
            subjects.join(", ")
        );
        warning(WarningKind::Provenance, text, subjects)
    })
}
