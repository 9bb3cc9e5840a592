//! A draft: the data model made of one workbook, and for each of its rows the cells that it came from.

use super::layout::Grid;
use super::report::Spot;
use crate::domain::data_model::DataModel;
use crate::domain::sheets::SheetKind;

/// Where a row of a draft stands in its workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    sheet: usize,
    row: u32,
}

/// The places of a draft's rows, each list in the order of the data model's list of that name.
#[derive(Clone, Debug, Default)]
pub struct Places {
    sheets: Vec<SheetPlace>,
    /// Of `datasets`.
    pub datasets: Vec<Place>,
    /// Of `tables`.
    pub tables: Vec<Place>,
    /// Of `fields`.
    pub fields: Vec<Place>,
    /// Of `schemes`.
    pub schemes: Vec<Place>,
    /// Of `crosswalks`.
    pub crosswalks: Vec<Place>,
    /// Of `approvals`.
    pub approvals: Vec<Place>,
    /// Of `rules`.
    pub rules: Vec<Place>,
    /// Of `rule_tests`.
    pub rule_tests: Vec<Place>,
    /// Of `meetings`.
    pub meetings: Vec<Place>,
    /// Of `synonyms`.
    pub synonyms: Vec<Place>,
}

/// A sheet and where its columns are.
#[derive(Clone, Debug)]
struct SheetPlace {
    name: String,
    columns: Vec<(&'static str, u32)>,
    first: u32,
}

impl Places {
    /// Takes up a sheet; its number is for [`Places::place`].
    pub(super) fn add_sheet(&mut self, grid: &Grid<'_>) -> usize {
        let known = |bound: &super::layout::Bound| {
            bound.known.and_then(|known| grid.sheet.columns.get(known)).map(|column| (column.name, bound.col))
        };
        self.sheets.push(SheetPlace {
            name: grid.name.to_owned(),
            columns: grid.columns.iter().filter_map(known).collect(),
            first: grid.columns.first().map_or(0, |bound| bound.col),
        });
        self.sheets.len() - 1
    }

    /// A row, from 0, of a sheet that was taken up.
    pub(super) fn place(&self, sheet: usize, row: u32) -> Place {
        Place { sheet, row }
    }

    /// The cell of a row under a column; its first cell where the sheet has no such column.
    #[must_use]
    pub fn spot(&self, place: Place, column: &str) -> Spot {
        let Some(sheet) = self.sheets.get(place.sheet) else { return Spot::file() };
        let col = sheet.columns.iter().find(|(name, _)| *name == column).map_or(sheet.first, |(_, col)| *col);
        Spot::cell(&sheet.name, place.row, col)
    }
}

impl Places {
    /// Places for a data model that was read from no workbook, or no longer is at hand: findings about its rows are
    /// of the file as a whole.
    fn nowhere(model: &DataModel) -> Self {
        let nowhere = |rows: usize| vec![Place { sheet: usize::MAX, row: 0 }; rows];
        Self {
            sheets: Vec::new(),
            datasets: nowhere(model.datasets.len()),
            tables: nowhere(model.tables.len()),
            fields: nowhere(model.fields.len()),
            schemes: nowhere(model.schemes.len()),
            crosswalks: nowhere(model.crosswalks.len()),
            approvals: nowhere(model.approvals.len()),
            rules: nowhere(model.rules.len()),
            rule_tests: nowhere(model.rule_tests.len()),
            meetings: nowhere(model.meetings.len()),
            synonyms: nowhere(model.synonyms.len()),
        }
    }
}

/// A data model read from a workbook, not yet stored.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The file it came from, as it was named.
    pub file: String,
    /// Its content.
    pub model: DataModel,
    /// Where each row of it stands.
    pub places: Places,
    /// Sheets that lack a required column: what their rows would have defined is not known.
    pub(super) headless: Vec<SheetKind>,
}

impl Draft {
    /// A draft of a data model that was stored before, under a name to call it by in findings.
    #[must_use]
    pub fn stored(name: String, model: DataModel) -> Self {
        Self { file: name, places: Places::nowhere(&model), model, headless: Vec::new() }
    }

    /// Where the rule test of this number, from 0, stands.
    #[must_use]
    pub fn spot_of_rule_test(&self, number: usize) -> Spot {
        self.places.rule_tests.get(number).map_or_else(Spot::default, |place| self.places.spot(*place, "Given"))
    }
}
