//! Workbooks in the canonical layout: one per data model, and an empty one to fill in.
//!
//! Importing an export changes nothing. What each cell holds is told in `cells`, what each sheet in `grid`.

use super::cells::Cell;
use super::grid::{Grid, PROPERTIES, grids};
use super::{ExportError, ExportFile, ExportInput, Exporter, xlsx};
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::sheets::SheetKind;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The name of the empty workbook.
const TEMPLATE: &str = "template.xlsx";
/// The most characters that a cell of a workbook holds, counted as UTF-16.
const LONGEST_CELL: usize = 32_767;

/// One workbook per data model.
pub(super) struct CanonicalWorkbook;

/// The empty workbook.
pub(super) struct Template;

impl Exporter for CanonicalWorkbook {
    fn format(&self) -> &'static str {
        "workbook"
    }

    fn about(&self) -> &'static str {
        "each data model as a workbook in the canonical layout"
    }

    fn names(&self, input: &ExportInput<'_>) -> Result<Vec<String>, ExportError> {
        Ok(input.models()?.into_iter().map(name).collect())
    }

    fn file(&self, input: &ExportInput<'_>, wanted: &str) -> Result<Option<ExportFile>, ExportError> {
        let Some(found) = input.models()?.into_iter().find(|published| name(published) == wanted) else {
            return Ok(None);
        };
        let bytes = workbook(&input.seen(&found.model))?;
        Ok(Some(ExportFile { name: name(found), media_type: XLSX, bytes }))
    }
}

impl Exporter for Template {
    fn format(&self) -> &'static str {
        "template"
    }

    fn about(&self) -> &'static str {
        "an empty workbook in the canonical layout, with notes and drop-downs"
    }

    fn names(&self, _: &ExportInput<'_>) -> Result<Vec<String>, ExportError> {
        Ok(vec![TEMPLATE.to_owned()])
    }

    fn file(&self, _: &ExportInput<'_>, name: &str) -> Result<Option<ExportFile>, ExportError> {
        if name != TEMPLATE {
            return Ok(None);
        }
        Ok(Some(ExportFile { name: TEMPLATE.to_owned(), media_type: XLSX, bytes: template()? }))
    }
}

/// The name of a data model's workbook.
fn name(published: &PublishedModel) -> String {
    format!("{}.xlsx", published.model.about.slug)
}

/// A data model as an xlsx workbook: the sheets that have rows. The same model gives the same bytes.
///
/// # Errors
/// A text that is longer than a cell can hold is [`ExportError::TooLong`].
pub fn workbook(model: &DataModel) -> Result<Vec<u8>, ExportError> {
    let mut sheets = grids(model);
    sheets.retain(|grid| !grid.rows.is_empty());
    fits(&sheets)?;
    let about = &model.about;
    let title = if about.title.is_empty() { about.slug.as_str() } else { &about.title };
    Ok(xlsx::workbook(&sheets, title)?)
}

/// The empty workbook: every sheet, with its headers, notes and drop-downs, and the properties of a data model to
/// fill in.
///
/// # Errors
/// None but faults of the writer.
pub fn template() -> Result<Vec<u8>, ExportError> {
    let mut sheets = grids(&DataModel::default());
    for grid in sheets.iter_mut().filter(|grid| grid.kind == SheetKind::DataModel) {
        grid.rows = PROPERTIES.iter().map(|property| vec![Cell::text(*property), Cell::Blank]).collect();
    }
    Ok(xlsx::workbook(&sheets, "Linkwright workbook")?)
}

fn fits(sheets: &[Grid]) -> Result<(), ExportError> {
    for grid in sheets {
        for (row, cells) in (2_usize..).zip(&grid.rows) {
            for (header, cell) in grid.headers.iter().zip(cells) {
                if let Cell::Text(text) = cell
                    && text.encode_utf16().count() > LONGEST_CELL
                {
                    let column = header.clone();
                    return Err(ExportError::TooLong { sheet: grid.name, row, column, most: LONGEST_CELL });
                }
            }
        }
    }
    Ok(())
}
