//! From the sheets of the layout to a draft: each row becomes an entry of the data model, or is left out and told of.

mod governance;
mod structure;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::draft::{Draft, Place, Places};
use super::layout::Grid;
use super::report::{Problem, Report, Spot, brief};
use super::row::Row;
use crate::domain::approval::Code;
use crate::domain::data_model::{About, DataModel, Field};
use crate::domain::refs::Slug;
use crate::domain::sheets::SheetKind;
use crate::domain::words::squash;

/// How many rows there were, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rows {
    /// Rows of the layout's sheets that hold anything, headers aside.
    pub read: usize,
    /// Rows without an error: what is stored, when no row of the call has one.
    pub stored: usize,
    /// Rows with an error; the findings list each.
    pub listed: usize,
}

/// A draft in the making.
#[derive(Default)]
struct Build {
    model: DataModel,
    places: Places,
    /// Fields are finished by the sheets that come after theirs.
    fields: Vec<Field>,
    /// What each field's `References` cell holds, until every field is known.
    references: Vec<Vec<String>>,
    /// Sheets that lack a required column.
    headless: Vec<SheetKind>,
    seen: Seen,
}

/// Where each identifier was first defined.
#[derive(Default)]
struct Seen {
    properties: HashMap<String, Place>,
    datasets: HashMap<Slug, Place>,
    tables: HashMap<(Slug, Slug), Place>,
    fields: HashMap<(Slug, Slug, Slug), Place>,
    field_numbers: HashMap<(Slug, Slug, Slug), usize>,
    codes: HashMap<(usize, String), Spot>,
    schemes: HashMap<Slug, Place>,
    crosswalks: HashMap<Slug, Place>,
    approvals: HashMap<Code, Place>,
    rules: HashMap<Slug, Place>,
    terms: HashMap<String, Place>,
}

/// Something that may be defined only once: what it is, under which code its second definition is reported, and the
/// column that names it.
struct Once {
    kind: &'static str,
    code: &'static str,
    column: &'static str,
}

impl Once {
    /// Takes note of a definition; a second one is reported with both cells, and is none.
    fn claim<K: Eq + Hash>(
        &self,
        seen: &mut HashMap<K, Place>,
        (key, name, place): (K, &str, Place),
        places: &Places,
        row: &mut Row<'_, '_>,
    ) -> Option<()> {
        let Some(first) = seen.get(&key) else {
            seen.insert(key, place);
            return Some(());
        };
        let (first, second) = (places.spot(*first, self.column), row.spot(self.column));
        let what = format!("The {} “{}” is defined twice, in {first} and in {second}.", self.kind, brief(name));
        let problem = Problem::error(self.code, what)
            .why("Names that differ only in case, spaces or punctuation give one reference.")
            .mend("Delete one of the rows, or give one another name.");
        row.report(self.column, problem);
        None
    }
}

/// Makes a draft of the sheets of a workbook, which must be in the order of the contract.
pub(super) fn build(grids: &[Grid<'_>], file: &str, as_slug: Option<&str>, report: &mut Report) -> (Draft, Rows) {
    let mut build = Build::default();
    let mut rows = Rows::default();
    for grid in grids {
        let required = |index: &usize| grid.sheet.columns.get(*index).is_some_and(|column| column.required);
        if (0..grid.sheet.columns.len()).filter(required).any(|index| grid.col(index).is_none()) {
            build.headless.push(grid.sheet.kind);
        }
        let sheet = build.places.add_sheet(grid);
        for cells in &grid.rows {
            rows.read += 1;
            let mut row = Row::new(grid, cells, report);
            let place = build.places.place(sheet, row.number);
            let stored = build.take(grid.sheet.kind, &mut row, place);
            rows.stored += usize::from(stored.is_some() && !row.is_faulty());
        }
    }
    rows.listed = rows.read - rows.stored;
    build.name_model(file, as_slug, report);
    (build.finish(file, report), rows)
}

impl Build {
    fn take(&mut self, kind: SheetKind, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        match kind {
            SheetKind::DataModel => self.property(row, place),
            SheetKind::Datasets => self.dataset(row, place),
            SheetKind::Tables => self.table(row, place),
            SheetKind::Fields => self.field(row, place),
            SheetKind::Values => self.value(row),
            SheetKind::Schemes => self.scheme(row, place),
            SheetKind::Crosswalks => self.crosswalk(row, place),
            SheetKind::Approvals => self.approval(row, place),
            SheetKind::Rules => self.rule(row, place),
            SheetKind::RuleTests => self.rule_test(row, place),
            SheetKind::Meetings => self.meeting(row, place),
            SheetKind::Synonyms => self.synonym(row, place),
        }
    }

    /// A row of `Data model`.
    fn property(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "property", code: "DUPLICATE_PROPERTY", column: "Property" };
        let name = row.required_name("Property")?;
        let value = row.text("Value");
        TWICE.claim(&mut self.seen.properties, (squash(&name), &name, place), &self.places, row)?;
        let about = &mut self.model.about;
        match squash(&name).as_str() {
            "slug" => {
                if !value.is_empty() {
                    about.slug = row.as_slug("Value", &value)?;
                }
            }
            "title" => about.title = value,
            "description" => about.description = value,
            "versionlabel" => about.version_label = value,
            "steward" => about.steward = value,
            "statusnote" => about.status_note = value,
            "source" => about.source = value,
            _ => {
                let what = format!("The layout does not know the property “{}”; it is kept.", brief(&name));
                row.report("Property", Problem::note("UNKNOWN_PROPERTY", what).mend("Nothing need be done."));
                about.extra.insert(name, value);
            }
        }
        Some(())
    }

    /// The model's slug: what the caller wants, what the workbook says, or the file's name.
    fn name_model(&mut self, file: &str, as_slug: Option<&str>, report: &mut Report) {
        // A slug that is left blank is not stated: every such workbook would be the same data model.
        let stated = self.seen.properties.contains_key("slug") && self.model.about.slug != About::default().slug;
        let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        if let Some(slug) = as_slug {
            match Slug::of(slug) {
                Ok(slug) => self.model.about.slug = slug,
                Err(error) => report.add(Spot::file(), Problem::error("NOT_A_NAME", error.to_string())),
            }
        } else if !stated {
            match Slug::of(stem) {
                Ok(slug) => {
                    let what = format!("The workbook does not say its slug; “{slug}” is made of the file's name.");
                    let mend = "Put a row “Slug” on the sheet “Data model”, or import it with --as.";
                    report.add(Spot::file(), Problem::note("SLUG_FROM_FILE_NAME", what).mend(mend));
                    self.model.about.slug = slug;
                }
                Err(error) => {
                    let mend = "Put a row “Slug” on the sheet “Data model”, or import it with --as.";
                    report.add(Spot::file(), Problem::error("NOT_A_NAME", error.to_string()).mend(mend));
                }
            }
        }
        if self.model.about.title.is_empty() {
            self.model.about.title = stem.to_owned();
        }
    }

    fn finish(mut self, file: &str, report: &mut Report) -> Draft {
        self.resolve_references(report);
        self.model.fields = self.fields.into_iter().map(Arc::new).collect();
        Draft { file: file.to_owned(), model: self.model, places: self.places, headless: self.headless }
    }
}
