//! Checks that look beyond one workbook: every name must lead to something, in the files of one call or in what is
//! published, and every identifier belongs to one data model.

mod crosswalks;
mod known;
mod meaning;
mod owners;
pub(super) mod personal;

use std::collections::HashSet;

use self::known::Known;
use super::draft::{Draft, Place};
use super::report::{Problem, Report, quoted};
use crate::domain::approval::{Code, Given, Recorded, Term};
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::finding::Finding;
use crate::domain::refs::{FieldRef, Ref, Slug, TableRef};
use crate::domain::sheets::SheetKind;

/// Checks drafts with each other and with the data models that are published. A published data model of the same
/// slug as a draft is what the draft replaces, and counts no more. Gives the findings of each file in the order of
/// the drafts.
#[must_use]
pub fn check_together(drafts: &[&Draft], published: &[PublishedModel]) -> Vec<Finding> {
    let published: Vec<&DataModel> = published.iter().map(|held| held.model.as_ref()).collect();
    let replaced: HashSet<&Slug> = drafts.iter().map(|draft| &draft.model.about.slug).collect();
    let others: Vec<&DataModel> =
        published.iter().copied().filter(|model| !replaced.contains(&model.about.slug)).collect();
    let known = Known::of(drafts.iter().map(|draft| &draft.model).chain(others.iter().copied()));
    let known = known.without(drafts.iter().flat_map(|draft| draft.headless.iter().copied()));
    let mut owners = owners::Owners::of(&others, drafts);
    let mut findings = Vec::new();
    for draft in drafts {
        let mut report = Report::new(&draft.file);
        owners.check(draft, &mut report);
        Check { draft, known: &known, report: &mut report }.all();
        meaning::check(draft, &known, &mut report);
        crosswalks::check(draft, &known, &mut report);
        findings.extend(report.finish());
    }
    findings.extend(left_behind(drafts, &published, &others, &known));
    findings
}

/// The check of one draft against everything that is known.
struct Check<'a> {
    draft: &'a Draft,
    known: &'a Known<'a>,
    report: &'a mut Report,
}

/// A kind of name that may lead to nothing.
#[derive(Clone, Copy)]
struct Unknown {
    code: &'static str,
    kind: &'static str,
    column: &'static str,
}

/// The sheets that would define what a code of finding says is unknown.
fn definers(code: &str) -> &'static [SheetKind] {
    use SheetKind::{Approvals, Crosswalks, Datasets, Fields, Schemes, Tables};
    match code {
        "UNKNOWN_DATASET" => &[Datasets],
        "UNKNOWN_TABLE" => &[Datasets, Tables],
        "UNKNOWN_REFERENCE" => &[Datasets, Tables, Fields],
        "UNKNOWN_SCHEME" => &[Schemes],
        "UNKNOWN_CROSSWALK" => &[Crosswalks],
        "UNKNOWN_APPROVAL" => &[Approvals],
        _ => &[],
    }
}

const DATASET: Unknown = Unknown { code: "UNKNOWN_DATASET", kind: "dataset", column: "Dataset" };
const TABLE: Unknown = Unknown { code: "UNKNOWN_TABLE", kind: "table", column: "Table" };
const APPROVALS: Unknown = Unknown { code: "UNKNOWN_APPROVAL", kind: "approval", column: "Approvals" };

impl Check<'_> {
    fn all(&mut self) {
        let draft = self.draft;
        for (dataset, place) in draft.model.datasets.iter().zip(&draft.places.datasets) {
            self.recorded(&dataset.approvals, *place);
        }
        for (table, place) in draft.model.tables.iter().zip(&draft.places.tables) {
            self.dataset(&table.dataset, *place, &DATASET);
            self.recorded(&table.approvals, *place);
        }
        self.fields();
        for (crosswalk, place) in draft.model.crosswalks.iter().zip(&draft.places.crosswalks) {
            self.scheme(&crosswalk.from, *place, "From scheme");
            self.scheme(&crosswalk.to, *place, "To scheme");
            self.recorded(&crosswalk.approvals, *place);
            for dataset in &crosswalk.only_with {
                self.dataset(dataset, *place, &Unknown { column: "Only with", ..DATASET });
            }
        }
        for (approval, place) in draft.model.approvals.iter().zip(&draft.places.approvals) {
            self.codes(&approval.prerequisites, *place, "Prerequisites");
        }
        for (rule, place) in draft.model.rules.iter().zip(&draft.places.rules) {
            self.codes(&rule.approvals, *place, "Approvals");
            rule.when.iter().for_each(|term| self.term(term, *place));
        }
        for (test, place) in draft.model.rule_tests.iter().zip(&draft.places.rule_tests) {
            self.codes(&test.expect, *place, "Expect");
            self.codes(&test.not, *place, "Not");
            for given in &test.given {
                if let Given::Want(reference) = given {
                    self.reference(reference, *place);
                }
            }
        }
        for (meeting, place) in draft.model.meetings.iter().zip(&draft.places.meetings) {
            self.codes(std::slice::from_ref(&meeting.approval), *place, "Approval");
        }
    }

    fn fields(&mut self) {
        let draft = self.draft;
        // A table that is missing is told once, not for each of its fields.
        let mut missing: HashSet<TableRef> = HashSet::new();
        for (field, place) in draft.model.fields.iter().zip(&draft.places.fields) {
            let table = field.table_ref();
            if !self.known.has_table(&table) && missing.insert(table.clone()) {
                self.table(&table, *place, &DATASET, &TABLE);
            }
            for reference in &field.references {
                let target = &reference.target;
                if !self.known.has_field(target) {
                    self.unknown_target(target, *place);
                }
            }
        }
    }

    fn missing(&mut self, unknown: &Unknown, place: Place, wanted: &str, near: impl FnOnce() -> Vec<String>) {
        if self.known.may_be_on(definers(unknown.code)) {
            return;
        }
        let spot = self.draft.places.spot(place, unknown.column);
        let near = if self.report.is_full(unknown.code, &spot.sheet) { Vec::new() } else { near() };
        let what = format!("The {} “{wanted}” is neither in these files nor published.", unknown.kind);
        let mend = if near.is_empty() {
            format!("Correct the name, or define the {} in one of the files.", unknown.kind)
        } else {
            format!("Did you mean {}? Else define the {} in one of the files.", quoted(near), unknown.kind)
        };
        self.report.add(spot, Problem::error(unknown.code, what).mend(mend));
    }

    fn dataset(&mut self, dataset: &Slug, place: Place, unknown: &Unknown) {
        if !self.known.has_dataset(dataset) {
            let known = self.known;
            self.missing(unknown, place, dataset.as_str(), || known.near_datasets(dataset));
        }
    }

    fn table(&mut self, table: &TableRef, place: Place, dataset: &Unknown, unknown: &Unknown) {
        if !self.known.has_dataset(&table.dataset) {
            self.dataset(&table.dataset, place, dataset);
        } else if !self.known.has_table(table) {
            let known = self.known;
            self.missing(unknown, place, &table.to_string(), || known.near_tables(table));
        }
    }

    fn unknown_target(&mut self, target: &FieldRef, place: Place) {
        let unknown = Unknown { code: "UNKNOWN_REFERENCE", kind: "field", column: "References" };
        let known = self.known;
        self.missing(&unknown, place, &target.to_string(), || known.near_fields(target));
    }

    fn scheme(&mut self, scheme: &Slug, place: Place, column: &'static str) {
        if self.known.scheme(scheme).is_none() {
            let unknown = Unknown { code: "UNKNOWN_SCHEME", kind: "identifier scheme", column };
            let known = self.known;
            self.missing(&unknown, place, scheme.as_str(), || known.near_schemes(scheme));
        }
    }

    fn recorded(&mut self, recorded: &Recorded, place: Place) {
        self.codes(recorded.codes(), place, APPROVALS.column);
    }

    fn codes(&mut self, codes: &[Code], place: Place, column: &'static str) {
        for code in codes {
            if !self.known.has_approval(code) {
                let unknown = Unknown { column, ..APPROVALS };
                let known = self.known;
                self.missing(&unknown, place, code.as_str(), || known.near_approvals(code));
            }
        }
    }

    fn term(&mut self, term: &Term, place: Place) {
        let unknown = |code, kind| Unknown { code, kind, column: "When" };
        match term {
            Term::Dataset(dataset) => self.dataset(dataset, place, &unknown("UNKNOWN_DATASET", "dataset")),
            Term::Table(table) => {
                let dataset = unknown("UNKNOWN_DATASET", "dataset");
                self.table(table, place, &dataset, &unknown("UNKNOWN_TABLE", "table"));
            }
            Term::Crosswalk(crosswalk) if !self.known.has_crosswalk(crosswalk) => {
                let known = self.known;
                let unknown = unknown("UNKNOWN_CROSSWALK", "crosswalk");
                self.missing(&unknown, place, crosswalk.as_str(), || known.near_crosswalks(crosswalk));
            }
            Term::Project(_) | Term::Crosswalk(_) | Term::Sensitivity(_) | Term::Curated(_) => {}
        }
    }

    fn reference(&mut self, reference: &Ref, place: Place) {
        let unknown = |kind| Unknown { code: "UNKNOWN_REFERENCE", kind, column: "Given" };
        let known = self.known;
        match reference {
            Ref::Dataset(dataset) => self.dataset(dataset, place, &unknown("dataset (or project characteristic)")),
            Ref::Table(table) => self.table(table, place, &unknown("dataset"), &unknown("table")),
            Ref::Field(field) if !known.has_field(field) => {
                self.missing(&unknown("field"), place, &field.to_string(), || known.near_fields(field));
            }
            Ref::Field(_) => {}
        }
    }
}

/// Names in other published data models that lead to nothing once the drafts are published: warnings, since the
/// other model may follow.
fn left_behind(drafts: &[&Draft], published: &[&DataModel], others: &[&DataModel], known: &Known<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for draft in drafts {
        let Some(old) = published.iter().find(|model| model.about.slug == draft.model.about.slug) else { continue };
        let gone: HashSet<known::Used> = known::defined(old).filter(|used| !known.has(used)).collect();
        // Most often nothing is, and the whole catalogue need not be gone through.
        if gone.is_empty() {
            continue;
        }
        let mut report = Report::new(&draft.file);
        for other in others {
            let broken = known::uses(other).into_iter().filter(|(_, used)| gone.contains(used));
            for (user, used) in broken.take(MOST_BROKEN) {
                let what = format!("“{used}” is gone, but {user} of the data model “{}” names it.", other.about.slug);
                let problem = Problem::warning("BREAKS_ANOTHER_MODEL", what)
                    .why("What names it will be left out of the catalogue's links.")
                    .mend("Keep it, or publish a new version of the other data model as well.");
                report.add(super::report::Spot::file(), problem);
            }
        }
        findings.extend(report.finish());
    }
    findings
}

/// Names that lead to nothing, of one data model, that are told.
const MOST_BROKEN: usize = 100;
