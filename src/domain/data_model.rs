//! A data model as one workbook states it: datasets, tables, fields, identifier schemes, crosswalks,
//! approvals, rules and what else the canonical layout holds. Rows are flat and in the workbook's order.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::approval::{Approval, Meeting, Recorded, Rule, RuleTest};
use super::crosswalk::Crosswalk;
use super::refs::{FieldRef, Slug, TableRef};
use super::words::{DataType, Entity, Identifiability, KeyKind, Provenance, Sensitivity, Visibility};

/// Columns that the canonical layout does not know, kept as they were: header → text.
pub type Extra = IndexMap<String, String>;

/// One data model: the content of one workbook, and of one published version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataModel {
    /// The properties of the `Data model` sheet.
    pub about: About,
    /// `Datasets`
    pub datasets: Vec<Arc<Dataset>>,
    /// `Tables`
    pub tables: Vec<Arc<Table>>,
    /// `Fields`, with their `Values`
    pub fields: Vec<Arc<Field>>,
    /// `Identifier schemes`
    pub schemes: Vec<Arc<Scheme>>,
    /// `Crosswalks`
    pub crosswalks: Vec<Arc<Crosswalk>>,
    /// `Approvals`
    pub approvals: Vec<Arc<Approval>>,
    /// `Rules`
    pub rules: Vec<Arc<Rule>>,
    /// `Rule tests`
    pub rule_tests: Vec<RuleTest>,
    /// `Meetings`
    pub meetings: Vec<Meeting>,
    /// `Synonyms`
    pub synonyms: Vec<Synonym>,
}

impl DataModel {
    /// Whether it holds nothing but what it says of itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { about: self.about.clone(), ..Self::default() }
    }
}

/// What a workbook says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The data model's slug; without one in the sheet, made from the file name.
    pub slug: Slug,
    /// The title.
    pub title: String,
    /// What it describes.
    pub description: String,
    /// The owner's own name of this version.
    pub version_label: String,
    /// Who looks after it.
    pub steward: String,
    /// What a reader must know of its standing, such as that it is a reconstruction.
    pub status_note: String,
    /// Where it comes from.
    pub source: String,
    /// Properties that the layout does not know.
    pub extra: Extra,
}

impl About {
    /// What a reader must know of its standing, in one sentence: the first of its status note. Blank where there is none.
    #[must_use]
    pub fn standing(&self) -> &str {
        let note = self.status_note.trim();
        note.split_once(". ").map_or(note, |(_, rest)| note.get(..note.len() - rest.len() - 1).unwrap_or(note))
    }
}

impl Default for About {
    fn default() -> Self {
        Self {
            slug: Slug::of("data-model").unwrap_or_else(|_| unreachable!("letters make a slug")),
            title: String::new(),
            description: String::new(),
            version_label: String::new(),
            steward: String::new(),
            status_note: String::new(),
            source: String::new(),
            extra: Extra::new(),
        }
    }
}

/// The days that data covers; either end may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// First day.
    pub start: Option<Date>,
    /// Last day; unknown also where the data goes on.
    pub end: Option<Date>,
}

/// A dataset: what a researcher applies for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dataset {
    /// Its slug, unique in the catalogue.
    pub slug: Slug,
    /// The name as the workbook writes it.
    pub name: String,
    /// The title.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// Who answers for it.
    pub custodian: String,
    /// A role mailbox or a page.
    pub contact: String,
    /// The approvals that using any of its tables takes.
    pub approvals: Recorded,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether it is ready for research; `None` where not recorded.
    pub curated: Option<bool>,
    /// The days it covers.
    pub coverage: Coverage,
    /// People in it.
    pub population: Option<u64>,
    /// The area it covers.
    pub geography: String,
    /// The basis on which people are in it, such as consent.
    pub consent_basis: String,
    /// How often it is updated.
    pub update_frequency: String,
    /// How far it lags behind.
    pub time_lag: String,
    /// How long delivery takes.
    pub lead_time: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

/// A table of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// The dataset it belongs to.
    pub dataset: Slug,
    /// Its slug, unique in the dataset.
    pub slug: Slug,
    /// The name exactly as in the model.
    pub name: String,
    /// The title.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// "one row per …"
    pub grain: String,
    /// About how many rows.
    pub rows: Option<u64>,
    /// The approvals that it takes beyond the dataset's.
    pub approvals: Recorded,
    /// The days it covers.
    pub coverage: Coverage,
    /// People in it.
    pub population: Option<u64>,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

impl Table {
    /// `dataset/table`
    #[must_use]
    pub fn reference(&self) -> TableRef {
        TableRef { dataset: self.dataset.clone(), table: self.slug.clone() }
    }
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// The dataset.
    pub dataset: Slug,
    /// The table.
    pub table: Slug,
    /// Its slug, unique in the table.
    pub slug: Slug,
    /// The name exactly as in the model.
    pub name: String,
    /// The title.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// The type in the words of the contract; `None` where blank or not known.
    pub data_type: Option<DataType>,
    /// The type in the source's own words, such as `varchar(10)`.
    pub source_type: String,
    /// The unit of measurement.
    pub unit: String,
    /// The codes it may hold.
    pub values: Vec<CodeValue>,
    /// How sensitive it is; `None` where not recorded.
    pub sensitivity: Option<Sensitivity>,
    /// Its part in the table's keys.
    pub key: Option<KeyKind>,
    /// The identifier scheme it holds.
    pub scheme: Option<SchemeUse>,
    /// Whom the identifier stands for: `None` the subject, `Some("mother")` …; see [`Role`].
    pub role: Option<Role>,
    /// The fields it refers to.
    pub references: Vec<Reference>,
    /// Share of rows that hold a value, 0–1.
    pub completeness: Option<f64>,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

impl Field {
    /// `dataset/table`
    #[must_use]
    pub fn table_ref(&self) -> TableRef {
        TableRef { dataset: self.dataset.clone(), table: self.table.clone() }
    }

    /// `dataset/table/field`
    #[must_use]
    pub fn reference(&self) -> FieldRef {
        self.table_ref().field(self.slug.clone())
    }
}

/// Whom an identifier stands for in a row, when that is not the row's subject: `mother`, `baby`,
/// `donor`, `staff` …, in lower case.
///
/// Two fields join only in the same role. [`Role::ANY`] marks the key of a register that can be looked up in
/// whatever role the other side holds; a plan never leaves such a register in another role than it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(String);

impl Role {
    /// The word that marks the key of a register open to every role.
    pub const ANY: &'static str = "any";
    /// Members of staff: whoever the row is about, it is not them.
    pub const STAFF: &'static str = "staff";

    /// Reads a cell; blank and `subject` are the subject, which is no role.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let role = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        (!role.is_empty() && role != "subject").then_some(Self(role))
    }

    /// The role as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is [`Role::ANY`].
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.0 == Self::ANY
    }
}

/// The scheme that a field holds, or the part of a composite one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SchemeUse {
    /// The scheme.
    pub scheme: Slug,
    /// The part of a composite scheme (`scheme.part`).
    pub part: Option<Slug>,
}

/// What a field refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// The field referred to.
    pub target: FieldRef,
    /// Tells two references to the same composite key apart (`#name`).
    pub name: Option<String>,
}

/// One code of a code list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeValue {
    /// The code.
    pub code: String,
    /// What it stands for; blank where not recorded.
    pub meaning: String,
}

/// A kind of identifier in one pseudonym domain: two datasets whose pseudonyms were made with different salts
/// hold two schemes, though both "have the NHS number".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheme {
    /// Its slug, unique in the catalogue.
    pub slug: Slug,
    /// The name as the workbook writes it.
    pub name: String,
    /// The title.
    pub title: String,
    /// What it is.
    pub description: String,
    /// What it identifies.
    pub entity: Entity,
    /// How far it names a person; `None` where not recorded.
    pub identifiability: Option<Identifiability>,
    /// The parts of a composite identifier; empty for a simple one.
    pub parts: Vec<Slug>,
    /// Who holds it.
    pub held_by: String,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

/// A term and what else it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonym {
    /// The term.
    pub term: String,
    /// Other words for it.
    pub synonyms: Vec<String>,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_says_its_standing_in_the_first_sentence_of_its_note() {
        for (note, said) in [
            ("Reconstruction, not real. To replace it, …", "Reconstruction, not real."),
            ("Under review", "Under review"),
            ("", ""),
        ] {
            assert_eq!(About { status_note: note.to_owned(), ..About::default() }.standing(), said);
        }
    }
}
