//! Every reason for approvals in a catalogue, made ready for one project: what hangs on datasets, tables,
//! crosswalks, rules and other approvals, all in one form.

use std::collections::BTreeSet;

use crate::domain::approval::{Code, Implication, Recorded, Rule, Term, Use};
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Reason, ReasonKind};
use crate::domain::project::Project;
use crate::domain::words::Provenance;

/// The implications that hold for a project. Rules that ask for a characteristic the project lacks are left out.
#[must_use]
pub fn implications(catalogue: &Catalogue, project: &Project) -> Vec<Implication> {
    let mut all = Vec::new();
    // Most tables take nothing: reasons are only put into words where there is something to give a reason for.
    let mut add = |on: &dyn Fn() -> Use, recorded: &Recorded, reason: &dyn Fn() -> Reason| {
        if !recorded.codes().is_empty() {
            let then = recorded.codes().iter().cloned().collect();
            all.push(Implication { when: BTreeSet::from([on()]), then, discuss: false, reason: reason() });
        }
    };
    for entry in catalogue.datasets.values() {
        let dataset = &entry.dataset;
        let why = || {
            let named = title(&dataset.title, dataset.slug.as_str());
            let because = format!("{named} takes it whenever any of its tables is used.");
            reason(ReasonKind::Dataset, dataset.slug.to_string(), because, &dataset.source, dataset.provenance)
        };
        add(&|| Use::Dataset(dataset.slug.clone()), &dataset.approvals, &why);
        for table in entry.tables.values().map(|entry| &entry.table) {
            let why = || {
                let named = title(&table.title, &table.name);
                let because = format!("The table {named} takes it, beyond what its dataset takes.");
                reason(ReasonKind::Table, table.reference().to_string(), because, &table.source, table.provenance)
            };
            add(&|| Use::Table(table.reference()), &table.approvals, &why);
        }
    }
    for crosswalk in catalogue.crosswalks.values() {
        let why = || {
            let who = crosswalk.performed_by.map(|who| format!(", carried out by {who},")).unwrap_or_default();
            let because = format!("The link from {} to {}{who} takes it.", crosswalk.from, crosswalk.to);
            reason(ReasonKind::Crosswalk, crosswalk.slug.to_string(), because, &crosswalk.source, crosswalk.provenance)
        };
        add(&|| Use::Crosswalk(crosswalk.slug.clone()), &crosswalk.approvals, &why);
    }
    for approval in catalogue.approvals.values() {
        let why = || {
            let first = approval.prerequisites.iter().map(Code::as_str).collect::<Vec<_>>().join(", ");
            let because = format!("{first} must be had before {}.", approval.code);
            reason(ReasonKind::Prerequisite, approval.code.to_string(), because, &approval.source, approval.provenance)
        };
        let first = Recorded::Needs(approval.prerequisites.clone());
        add(&|| Use::Approval(approval.code.clone()), &first, &why);
    }
    all.extend(catalogue.rules.values().filter_map(|rule| of_rule(rule, project)));
    all
}

fn of_rule(rule: &Rule, project: &Project) -> Option<Implication> {
    let mut when = BTreeSet::new();
    let mut chosen = Vec::new();
    for term in &rule.when {
        match term {
            Term::Project(wanted) if project.has(wanted) => chosen.push(wanted.to_string()),
            Term::Project(_) => return None,
            Term::Dataset(dataset) => drop(when.insert(Use::Dataset(dataset.clone()))),
            Term::Table(table) => drop(when.insert(Use::Table(table.clone()))),
            Term::Crosswalk(crosswalk) => drop(when.insert(Use::Crosswalk(crosswalk.clone()))),
            Term::Sensitivity(sensitivity) => drop(when.insert(Use::Sensitivity(*sensitivity))),
            Term::Curated(curated) => drop(when.insert(Use::Curated(*curated))),
        }
    }
    let (kind, subject) = if chosen.is_empty() {
        (ReasonKind::Rule, rule.slug.to_string())
    } else {
        (ReasonKind::Project, format!("{} ({})", rule.slug, chosen.join(", ")))
    };
    let then = rule.approvals.iter().cloned().collect();
    Some(Implication {
        when,
        then,
        discuss: rule.discuss,
        reason: reason(kind, subject, rule.because.clone(), &rule.source, rule.provenance),
    })
}

fn reason(kind: ReasonKind, subject: String, because: String, source: &str, provenance: Option<Provenance>) -> Reason {
    Reason { kind, subject: subject.into(), because: because.into(), source: source.into(), provenance }
}

fn title<'a>(title: &'a str, name: &'a str) -> &'a str {
    if title.is_empty() { name } else { title }
}
