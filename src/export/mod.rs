//! Exports: what is published, as files that other programs read.
//!
//! A new format is one file beside this one that implements [`Exporter`], and its line in [`exporters`].

mod cells;
mod dot;
mod graphml;
mod grid;
mod listing;
mod map;
mod mermaid;
mod names;
pub mod plan;
#[cfg(test)]
mod tests;
mod workbook;
mod xlsx;

use thiserror::Error;

use crate::domain::approval::Given;
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::data_model::DataModel;
use crate::domain::refs::{Slug, closest};
pub use listing::{Datum, Listing, ListingSheet};
pub use workbook::{template, workbook};

/// Every format, in the order in which they are listed.
#[must_use]
pub fn exporters() -> &'static [&'static dyn Exporter] {
    &[&workbook::CanonicalWorkbook, &workbook::Template, &graphml::GraphMl, &mermaid::Mermaid, &dot::Dot]
}

/// The format of this name.
///
/// # Errors
/// [`ExportError::UnknownFormat`] names those that there are.
pub fn exporter(format: &str) -> Result<&'static dyn Exporter, ExportError> {
    let wanted = format.trim();
    exporters().iter().copied().find(|exporter| exporter.format().eq_ignore_ascii_case(wanted)).ok_or_else(|| {
        let known = exporters().iter().map(|exporter| exporter.format()).collect::<Vec<_>>().join(", ");
        ExportError::UnknownFormat { wanted: wanted.to_owned(), known }
    })
}

/// One format. The same input gives the same bytes.
pub trait Exporter: Sync {
    /// Its name, as `--format` takes it.
    fn format(&self) -> &'static str;

    /// What it gives, in a few words.
    fn about(&self) -> &'static str;

    /// The names of its files, in their order; nothing is made for it.
    ///
    /// # Errors
    /// [`ExportError::UnknownDataset`], where the scope names one.
    fn names(&self, input: &ExportInput<'_>) -> Result<Vec<String>, ExportError>;

    /// Makes one of its files; `None` where it has none of this name.
    ///
    /// # Errors
    /// [`ExportError`] says what cannot be exported, and why.
    fn file(&self, input: &ExportInput<'_>, name: &str) -> Result<Option<ExportFile>, ExportError>;

    /// Makes all of its files.
    ///
    /// # Errors
    /// As [`Exporter::file`].
    fn files(&self, input: &ExportInput<'_>) -> Result<Vec<ExportFile>, ExportError> {
        self.names(input)?.iter().filter_map(|name| self.file(input, name).transpose()).collect()
    }
}

/// What is exported: one class of viewer's catalogue, and the data models that it is made of.
#[derive(Clone, Copy, Debug)]
pub struct ExportInput<'a> {
    /// The catalogue as the asker sees it.
    pub catalogue: &'a Catalogue,
    /// Its version, for the files to say.
    pub catalogue_version: i64,
    /// The published data models. Of each, only what the catalogue shows is written.
    pub models: &'a [&'a PublishedModel],
    /// Which part.
    pub scope: &'a Scope,
}

/// Which part of the catalogue is exported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    #[default]
    Everything,
    /// These datasets, with what links them; of data models those that hold any of these.
    Datasets(Vec<Slug>),
}

/// A file to be written or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name, of ASCII letters, digits, `-`, `_` and `.` wherever the slugs are.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why something cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// No such format.
    #[error("“{wanted}” is no format to export; there are {known}")]
    UnknownFormat {
        /// What was asked for.
        wanted: String,
        /// Those that there are.
        known: String,
    },
    /// The scope names a dataset that the catalogue does not hold.
    #[error("dataset “{wanted}” is not in the catalogue{}", .closest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    UnknownDataset {
        /// What was asked for.
        wanted: Slug,
        /// The closest that there is.
        closest: Option<String>,
    },
    /// A text is longer than a cell can hold.
    #[error("sheet “{sheet}”, row {row}, column “{column}”: longer than the {most} characters that a cell holds")]
    TooLong {
        /// The sheet.
        sheet: &'static str,
        /// The row, from 1.
        row: usize,
        /// The column's header.
        column: String,
        /// The most characters.
        most: usize,
    },
    /// The workbook cannot be written: a fault of ours.
    #[error("the workbook cannot be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// Rows cannot be written as text: a fault of ours.
    #[error("the rows cannot be written: {0}")]
    Rows(String),
}

impl<'a> ExportInput<'a> {
    /// The datasets in the scope, in the catalogue's order; every one must be in the catalogue.
    fn datasets(&self) -> Result<Vec<&'a Slug>, ExportError> {
        let known = self.catalogue.datasets.keys();
        match self.scope {
            Scope::Everything => Ok(known.collect()),
            Scope::Datasets(wanted) => {
                if let Some(unknown) = wanted.iter().find(|slug| !self.catalogue.datasets.contains_key(*slug)) {
                    let names = self.catalogue.datasets.keys().map(Slug::as_str);
                    let closest = closest(unknown.as_str(), names, 1).first().map(|&name| name.to_owned());
                    return Err(ExportError::UnknownDataset { wanted: unknown.clone(), closest });
                }
                Ok(known.filter(|slug| wanted.contains(slug)).collect())
            }
        }
    }

    /// The data models in the scope. Of each the asker may see less than all: [`Self::seen`].
    fn models(&self) -> Result<Vec<&'a PublishedModel>, ExportError> {
        let datasets = self.datasets()?;
        let held = |published: &&PublishedModel| {
            let about = &published.model.about;
            let any = published.model.datasets.iter().any(|dataset| datasets.contains(&&dataset.slug));
            self.catalogue.models.contains_key(&about.slug) && (*self.scope == Scope::Everything || any)
        };
        Ok(self.models.iter().copied().filter(held).collect())
    }

    /// What of a data model the asker sees: rows, and references in them, that the catalogue holds.
    fn seen(&self, model: &DataModel) -> DataModel {
        let catalogue = self.catalogue;
        let mut seen = model.clone();
        seen.datasets.retain(|dataset| catalogue.datasets.contains_key(&dataset.slug));
        seen.tables.retain(|table| catalogue.table(&table.reference()).is_some());
        seen.fields = model.fields.iter().filter_map(|field| catalogue.field(&field.reference())).cloned().collect();
        seen.schemes.retain(|scheme| catalogue.schemes.contains_key(&scheme.slug));
        seen.crosswalks.retain(|crosswalk| catalogue.crosswalks.contains_key(&crosswalk.slug));
        seen.approvals.retain(|approval| catalogue.approvals.contains_key(&approval.code));
        seen.rules.retain(|rule| catalogue.rules.contains_key(&rule.slug));
        seen.rule_tests.retain(|test| {
            test.given.iter().all(|given| !matches!(given, Given::Want(want) if !catalogue.holds(want)))
        });
        seen.meetings.retain(|meeting| catalogue.meetings.contains(meeting));
        seen.synonyms.retain(|synonym| catalogue.synonyms.contains(synonym));
        seen
    }
}
