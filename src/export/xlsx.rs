//! From sheets to the bytes of an xlsx workbook: the same bytes for the same sheets, and no formula in any cell.

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatBorder, IgnoreError, Note, Workbook, Worksheet,
    XlsxError,
};

use super::cells::Cell;
use super::grid::Grid;
use crate::domain::sheets::{Column, Sheet, SheetKind};
use crate::domain::words::DataType;

/// The last row of a worksheet, from 0.
const LAST_ROW: u32 = 1_048_575;
const NARROWEST: f64 = 10.0;
const WIDEST: f64 = 50.0;
/// The columns that hold numbers. All others hold text, so that a spreadsheet leaves `01` and `1-2` as they are.
const NUMBERS: &[&str] = &["Population", "Rows", "Completeness", "Match rate", "Linked people", "PPV", "Sensitivity"];

/// Writes a workbook of these sheets.
pub(super) fn workbook(grids: &[Grid], title: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed moment: the bytes change only when the content does.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    for grid in grids {
        write(workbook.add_worksheet(), grid)?;
    }
    workbook.save_to_buffer()
}

fn write(sheet: &mut Worksheet, grid: &Grid) -> Result<(), XlsxError> {
    let required =
        Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_background_color(Color::RGB(0x00D8_E6F3));
    let optional = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    let text = Format::new().set_num_format("@");
    let canonical = Sheet::of(grid.kind);
    sheet.set_name(grid.name)?;
    sheet.set_default_note_author("Linkwright");
    for (col, header) in (0_u16..).zip(&grid.headers) {
        // By place, not by name: an extra property may be called nearly like a column.
        let column = canonical.and_then(|sheet| sheet.columns.get(usize::from(col)));
        let format = if column.is_some_and(|column| column.required) { &required } else { &optional };
        sheet.set_column_width(col, width(grid, usize::from(col), header))?;
        if !NUMBERS.contains(&header.as_str()) {
            sheet.set_column_format(col, &text)?;
        }
        sheet.write_string_with_format(0, col, header, format)?;
        if let Some(column) = column {
            sheet.insert_note(0, col, &note(column))?;
            if let Some(choice) = choice(grid.kind, column)? {
                sheet.add_data_validation(1, col, LAST_ROW, col, &choice)?;
            }
        }
    }
    for (row, cells) in (1_u32..).zip(&grid.rows) {
        for (col, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    sheet.write_string(row, col, text)?;
                }
                Cell::Number(number) => {
                    sheet.write_number(row, col, *number)?;
                }
            }
        }
    }
    let last_col = u16::try_from(grid.headers.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let last_row = u32::try_from(grid.rows.len()).unwrap_or(LAST_ROW);
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last_row, last_col)?;
    sheet.ignore_error_range(1, 0, last_row.max(1), last_col, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// As wide as its longest line, within reason.
fn width(grid: &Grid, col: usize, header: &str) -> f64 {
    let length = |text: &str| text.lines().next().map_or(0, |line| line.chars().take(100).count());
    let cells = grid.rows.iter().filter_map(|row| row.get(col)).map(|cell| match cell {
        Cell::Text(text) => length(text),
        Cell::Blank | Cell::Number(_) => 0,
    });
    // Room for the filter's arrow beside the header.
    let longest = cells.max().unwrap_or(0).max(length(header) + 3);
    f64::from(u8::try_from(longest + 1).unwrap_or(u8::MAX)).clamp(NARROWEST, WIDEST)
}

fn note(column: &Column) -> Note {
    let required = if column.required { "Required. " } else { "" };
    let words = match column.words {
        [] => String::new(),
        words => format!("\nOne of: {}.", words.join(", ")),
    };
    let text = format!("{required}{}{words}", column.note);
    let lines = u32::try_from(text.chars().count() / 40 + 2).unwrap_or(10);
    Note::new(text).add_author_prefix(false).set_width(260).set_height(18 * lines)
}

/// The drop-down of a column: words of a closed vocabulary and no others, or, of the data types, those that are known.
fn choice(kind: SheetKind, column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    if kind == SheetKind::Fields && column.name == "Data type" {
        // The source's own words are as good.
        return Ok(Some(DataValidation::new().allow_list_strings(DataType::WORDS)?.show_error_message(false)));
    }
    if column.words.is_empty() {
        return Ok(None);
    }
    let choice = DataValidation::new().allow_list_strings(column.words)?;
    let choice =
        choice.set_error_title(column.name)?.set_error_message("Choose one of the list, or leave it blank.")?;
    Ok(Some(choice))
}
