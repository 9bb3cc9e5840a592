//! How complete and how well founded a catalogue's content is: what is not sourced, not known, or joined to nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::approval::Recorded;
use super::catalogue::Catalogue;
use super::data_model::SchemeUse;
use super::refs::{Slug, TableRef};
use super::words::{CrosswalkStatus, Provenance};

/// What is known of a catalogue's content, and what is not. Lists are of references, slugs and codes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// Rows by kind.
    pub rows: BTreeMap<&'static str, usize>,
    /// Rows without a source.
    pub without_source: Vec<String>,
    /// Fields by provenance; a blank one is stated by the workbook's owner.
    pub fields_by_provenance: BTreeMap<&'static str, usize>,
    /// All rows by provenance.
    pub rows_by_provenance: BTreeMap<&'static str, usize>,
    /// What is not recorded: property → what lacks it.
    pub unknown: BTreeMap<&'static str, Vec<String>>,
    /// Tables that hold no linkable identifier and take part in no reference.
    pub orphan_tables: Vec<String>,
    /// Key fields that hold no identifier scheme and refer to nothing.
    pub keys_without_scheme: Vec<String>,
    /// Linkable schemes that one table holds and no crosswalk leads to, so that they join nothing.
    pub schemes_used_once: Vec<String>,
    /// Datasets and usable crosswalks for which no approval is recorded.
    pub without_approvals: Vec<String>,
}

impl Content {
    /// Looks at everything in a catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut content = Self::default();
        content.count(catalogue);
        content.find_unknown(catalogue);
        content.find_unjoined(catalogue);
        let datasets =
            catalogue.datasets.values().map(|entry| (entry.dataset.slug.to_string(), &entry.dataset.approvals));
        let usable =
            catalogue.crosswalks.values().filter(|crosswalk| crosswalk.status != CrosswalkStatus::NotAvailable);
        let crosswalks = usable.map(|crosswalk| (crosswalk.slug.to_string(), &crosswalk.approvals));
        let silent = datasets.chain(crosswalks).filter(|(_, approvals)| **approvals == Recorded::NotRecorded);
        content.without_approvals = silent.map(|(name, _)| name).collect();
        content
    }

    fn count(&mut self, catalogue: &Catalogue) {
        let mut row = |kind: &'static str, name: String, provenance: Option<Provenance>, source: &str| {
            *self.rows.entry(kind).or_default() += 1;
            let provenance = provenance.unwrap_or(Provenance::Stated).as_str();
            *self.rows_by_provenance.entry(provenance).or_default() += 1;
            if kind == "field" {
                *self.fields_by_provenance.entry(provenance).or_default() += 1;
            }
            if source.trim().is_empty() {
                self.without_source.push(format!("{kind} {name}"));
            }
        };
        for entry in catalogue.datasets.values() {
            row("dataset", entry.dataset.slug.to_string(), entry.dataset.provenance, &entry.dataset.source);
        }
        for entry in catalogue.tables() {
            row("table", entry.table.reference().to_string(), entry.table.provenance, &entry.table.source);
        }
        for field in catalogue.fields() {
            row("field", field.reference().to_string(), field.provenance, &field.source);
        }
        for scheme in catalogue.schemes.values() {
            row("identifier scheme", scheme.slug.to_string(), scheme.provenance, &scheme.source);
        }
        for crosswalk in catalogue.crosswalks.values() {
            row("crosswalk", crosswalk.slug.to_string(), crosswalk.provenance, &crosswalk.source);
        }
        for approval in catalogue.approvals.values() {
            row("approval", approval.code.to_string(), approval.provenance, &approval.source);
        }
        for rule in catalogue.rules.values() {
            row("rule", rule.slug.to_string(), rule.provenance, &rule.source);
        }
        for meeting in &catalogue.meetings {
            row("meeting", format!("{} {}", meeting.approval, meeting.meets_on), meeting.provenance, &meeting.source);
        }
        for synonym in &catalogue.synonyms {
            row("synonym", synonym.term.clone(), synonym.provenance, &synonym.source);
        }
    }

    fn find_unknown(&mut self, catalogue: &Catalogue) {
        let mut lacks = |property: &'static str, name: String, blank: bool| {
            if blank {
                self.unknown.entry(property).or_default().push(name);
            }
        };
        for dataset in catalogue.datasets.values().map(|entry| &entry.dataset) {
            let name = || dataset.slug.to_string();
            lacks("dataset population", name(), dataset.population.is_none());
            lacks("dataset coverage start", name(), dataset.coverage.start.is_none());
            lacks("dataset update frequency", name(), dataset.update_frequency.is_empty());
            lacks("dataset lead time", name(), dataset.lead_time.is_empty());
            lacks("dataset custodian", name(), dataset.custodian.is_empty());
        }
        for entry in catalogue.tables() {
            let name = || entry.table.reference().to_string();
            lacks("table grain", name(), entry.table.grain.is_empty());
            lacks("table description", name(), entry.table.description.is_empty());
            lacks("table fields", name(), entry.fields.is_empty());
        }
        for field in catalogue.fields() {
            let name = || field.reference().to_string();
            lacks("field description", name(), field.description.is_empty());
            lacks("field data type", name(), field.data_type.is_none());
            lacks("field sensitivity", name(), field.sensitivity.is_none());
        }
        for crosswalk in catalogue.crosswalks.values() {
            lacks("crosswalk match rate", crosswalk.slug.to_string(), crosswalk.match_rate.is_none());
            lacks("crosswalk lead time", crosswalk.slug.to_string(), crosswalk.lead_time.is_empty());
        }
        for approval in catalogue.approvals.values() {
            let timed = approval.lead_time.is_some() || approval.calendar.is_some();
            lacks("approval lead time or calendar", approval.code.to_string(), !timed);
        }
    }

    fn find_unjoined(&mut self, catalogue: &Catalogue) {
        let links = |held: &SchemeUse| catalogue.schemes.get(&held.scheme).is_some_and(|scheme| scheme.entity.links());
        let referred: BTreeSet<&TableRef> =
            catalogue.fields().flat_map(|field| &field.references).map(|reference| &reference.target.table).collect();
        let mut holders: BTreeMap<&Slug, BTreeSet<TableRef>> = BTreeMap::new();
        for entry in catalogue.tables() {
            let joined = entry
                .fields
                .values()
                .any(|field| field.scheme.as_ref().is_some_and(links) || !field.references.is_empty());
            if !joined && !referred.contains(&entry.table.reference()) {
                self.orphan_tables.push(entry.table.reference().to_string());
            }
            for field in entry.fields.values() {
                if let Some(held) = field.scheme.as_ref().filter(|held| links(held)) {
                    holders.entry(&held.scheme).or_default().insert(entry.table.reference());
                }
                if field.key.is_some() && field.scheme.is_none() && field.references.is_empty() {
                    self.keys_without_scheme.push(field.reference().to_string());
                }
            }
        }
        let crossed: BTreeSet<&Slug> =
            catalogue.crosswalks.values().flat_map(|crosswalk| [&crosswalk.from, &crosswalk.to]).collect();
        let linkable = catalogue.schemes.values().filter(|scheme| scheme.entity.links());
        let once = linkable
            .filter(|scheme| holders.get(&scheme.slug).map_or(0, BTreeSet::len) < 2 && !crossed.contains(&scheme.slug));
        self.schemes_used_once = once.map(|scheme| scheme.slug.to_string()).collect();
    }
}
