//! What of a data model is left when datasets are hidden (contract §5): nothing that names one of them alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::approval::{Rule, Term};
use super::crosswalk::Crosswalk;
use super::data_model::{DataModel, Field};
use super::refs::Slug;

/// A field without its references to what is hidden.
pub(super) fn field(field: &Arc<Field>, hidden: &BTreeSet<Slug>) -> Arc<Field> {
    if !field.references.iter().any(|reference| hidden.contains(&reference.target.table.dataset)) {
        return field.clone();
    }
    let mut field = Field::clone(field);
    field.references.retain(|reference| !hidden.contains(&reference.target.table.dataset));
    Arc::new(field)
}

/// A crosswalk without what is hidden of the datasets that it is for; `None` where it is for no other.
pub(super) fn crosswalk(crosswalk: &Arc<Crosswalk>, hidden: &BTreeSet<Slug>) -> Option<Arc<Crosswalk>> {
    if !crosswalk.only_with.iter().any(|dataset| hidden.contains(dataset)) {
        return Some(crosswalk.clone());
    }
    let mut crosswalk = Crosswalk::clone(crosswalk);
    crosswalk.only_with.retain(|dataset| !hidden.contains(dataset));
    (!crosswalk.only_with.is_empty()).then(|| Arc::new(crosswalk))
}

/// Whether a rule names nothing that is hidden.
pub(super) fn shows(rule: &Rule, hidden: &BTreeSet<Slug>) -> bool {
    rule.when.iter().all(|term| match term {
        Term::Dataset(dataset) => !hidden.contains(dataset),
        Term::Table(table) => !hidden.contains(&table.dataset),
        Term::Project(_) | Term::Crosswalk(_) | Term::Sensitivity(_) | Term::Curated(_) => true,
    })
}

impl DataModel {
    /// What is left of it when these datasets are hidden. Rule tests may name anything and are left out.
    #[must_use]
    pub fn without(&self, hidden: &BTreeSet<Slug>) -> Self {
        Self {
            about: self.about.clone(),
            datasets: self.datasets.iter().filter(|dataset| !hidden.contains(&dataset.slug)).cloned().collect(),
            tables: self.tables.iter().filter(|table| !hidden.contains(&table.dataset)).cloned().collect(),
            fields: self
                .fields
                .iter()
                .filter(|field| !hidden.contains(&field.dataset))
                .map(|shown| field(shown, hidden))
                .collect(),
            schemes: self.schemes.clone(),
            crosswalks: self.crosswalks.iter().filter_map(|held| crosswalk(held, hidden)).collect(),
            approvals: self.approvals.clone(),
            rules: self.rules.iter().filter(|rule| shows(rule, hidden)).cloned().collect(),
            rule_tests: if hidden.is_empty() { self.rule_tests.clone() } else { Vec::new() },
            meetings: self.meetings.clone(),
            synonyms: self.synonyms.clone(),
        }
    }
}
