//! The only user of calamine: from admitted bytes to a [`RawWorkbook`]. Runs in the child process of `worker`.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::Cursor;

use calamine::{
    Cell, Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb,
    XlsbError, Xlsx, XlsxError,
};

use super::guard::{self, Admission, GRID, MOST_CELLS, MOST_SHEETS, MOST_TEXT};
use super::raw::{CellAddress, Format, RawCell, RawSheet, RawValue, RawWorkbook, SheetVisibility};
use super::unreadable::{Refusal, Unreadable};

/// Reads a workbook in this process. Only the child may call it: a hostile file may end the process.
pub(super) fn read(bytes: &[u8]) -> Result<RawWorkbook, Unreadable> {
    let admission = guard::admit(bytes)?;
    let Admission { format, bytes, mut hidden_rows } = admission;
    let input = Cursor::new(bytes);
    let mut reading = Reading::default();
    match format {
        Format::Xlsx => {
            let mut book = Xlsx::new(input).map_err(|error| refuse_xlsx(&error))?;
            let sheets = book.sheets_metadata().to_vec();
            reading.sheets(&sheets, |reading, name| {
                let mut cells = book.worksheet_cells_reader(name).map_err(Trouble::sheet)?;
                reading.stream(|| cells.next_cell())
            })?;
        }
        Format::Xlsb => {
            let mut book = Xlsb::new(input).map_err(|error| refuse_xlsb(&error))?;
            let sheets = book.sheets_metadata().to_vec();
            reading.sheets(&sheets, |reading, name| {
                let mut cells = book.worksheet_cells_reader(name).map_err(Trouble::sheet)?;
                reading.stream(|| cells.next_cell())
            })?;
        }
        Format::Xls => {
            let book = Xls::new(input).map_err(|error| refuse_xls(&error))?;
            reading.whole(book)?;
        }
        Format::Ods => {
            let book = Ods::new(input).map_err(|error| refuse_ods(&error))?;
            reading.whole(book)?;
        }
    }
    let mut workbook = RawWorkbook { format, sheets: reading.done };
    for sheet in &mut workbook.sheets {
        sheet.hidden_rows = hidden_rows.remove(&sheet.name).unwrap_or_default();
    }
    let whole = workbook.sheets.iter().any(|sheet| sheet.unreadable.is_none());
    match workbook.sheets.iter().find_map(|sheet| sheet.unreadable.as_deref()) {
        Some(why) if !whole => Err(damaged(&format!("No sheet of the workbook can be read ({why})."))),
        None if workbook.sheets.is_empty() => Err(damaged("The workbook has no worksheet.")),
        _ => Ok(workbook),
    }
}

/// Why a sheet gives no cells: the whole file is refused, or only this sheet is not read.
enum Trouble {
    File(Unreadable),
    Sheet(String),
}

impl Trouble {
    fn sheet(error: impl Display) -> Self {
        Self::Sheet(error.to_string())
    }
}

/// A workbook being read, and what is left of its limits.
#[derive(Default)]
struct Reading {
    done: Vec<RawSheet>,
    cells: u64,
    text: u64,
}

impl Reading {
    /// Reads each worksheet with `read`; other kinds of sheet are passed over.
    fn sheets(
        &mut self,
        sheets: &[Sheet],
        mut read: impl FnMut(&mut Self, &str) -> Result<Vec<RawCell>, Trouble>,
    ) -> Result<(), Unreadable> {
        if sheets.len() > MOST_SHEETS {
            let what = format!("The workbook has {} sheets; at most {MOST_SHEETS} are accepted.", sheets.len());
            return Err(Unreadable::new(Refusal::TooManySheets, what));
        }
        let mut named = HashMap::<&str, usize>::new();
        for sheet in sheets {
            *named.entry(&sheet.name).or_default() += 1;
        }
        for sheet in sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
            let shared = named.get(sheet.name.as_str()).is_some_and(|count| *count > 1);
            let cells = if shared {
                Err(Trouble::Sheet("another sheet has the same name".to_owned()))
            } else {
                read(self, &sheet.name)
            };
            let (cells, unreadable) = match cells {
                Ok(cells) => (cells, None),
                Err(Trouble::Sheet(why)) => (Vec::new(), Some(why)),
                Err(Trouble::File(unreadable)) => return Err(unreadable),
            };
            self.done.push(RawSheet {
                name: sheet.name.clone(),
                visibility: match sheet.visible {
                    SheetVisible::Visible => SheetVisibility::Visible,
                    SheetVisible::Hidden => SheetVisibility::Hidden,
                    SheetVisible::VeryHidden => SheetVisibility::VeryHidden,
                },
                cells,
                unreadable,
                hidden_rows: Vec::new(),
            });
        }
        Ok(())
    }

    /// The cells of a sheet of a format that streams.
    fn stream<'a, E: Display>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, E>,
    ) -> Result<Vec<RawCell>, Trouble> {
        let mut cells = Vec::new();
        while let Some(cell) = next().map_err(Trouble::sheet)? {
            if let Some(value) = from_ref(cell.get_value()) {
                self.take(&mut cells, cell.get_position(), value)?;
            }
        }
        Ok(in_order(cells))
    }

    /// The cells of every sheet of a format whose parser holds the whole grid.
    fn whole<B: Reader<Cursor<T>>, T: AsRef<[u8]>>(&mut self, mut book: B) -> Result<(), Unreadable>
    where
        B::Error: Display,
    {
        let sheets = book.sheets_metadata().to_vec();
        self.sheets(&sheets, |reading, name| {
            #[expect(
                clippy::disallowed_methods,
                reason = "xls and ods have no streaming reader; the guard has measured the grid and the child is limited"
            )]
            let range = book.worksheet_range(name).map_err(Trouble::sheet)?;
            let (top, left) = range.start().unwrap_or_default();
            let mut cells = Vec::new();
            for (row, col, value) in range.used_cells() {
                if let Some(value) = from_owned(value) {
                    let row = u32::try_from(row).unwrap_or(u32::MAX).saturating_add(top);
                    let col = u32::try_from(col).unwrap_or(u32::MAX).saturating_add(left);
                    reading.take(&mut cells, (row, col), value)?;
                }
            }
            Ok(cells)
        })
    }

    fn take(&mut self, cells: &mut Vec<RawCell>, (row, col): (u32, u32), value: RawValue) -> Result<(), Trouble> {
        if row >= GRID.0 || col >= GRID.1 {
            let what = "A cell lies outside the grid of 1,048,576 rows and 16,384 columns.";
            return Err(Trouble::File(Unreadable::new(Refusal::Suspicious, what)));
        }
        self.cells += 1;
        if let RawValue::Text(text) = &value {
            self.text += text.len() as u64;
        }
        if self.cells > MOST_CELLS || self.text > MOST_TEXT {
            let what = "The workbook has more than 2,000,000 used cells or 128 MiB of text.";
            return Err(Trouble::File(Unreadable::new(Refusal::TooManyCells, what)));
        }
        cells.push(RawCell { at: CellAddress::new(row, col), value });
        Ok(())
    }
}

/// By row and column; where a file gives a cell twice, the later one stands, as in Excel.
fn in_order(mut cells: Vec<RawCell>) -> Vec<RawCell> {
    if !cells.is_sorted_by(|a, b| a.at < b.at) {
        cells.reverse();
        cells.sort_by_key(|cell| cell.at);
        cells.dedup_by_key(|cell| cell.at);
    }
    cells
}

fn from_ref(value: &DataRef<'_>) -> Option<RawValue> {
    match value {
        DataRef::SharedString(text) => text_value(text),
        DataRef::String(text) => text_value(text),
        DataRef::Int(number) => Some(whole(*number)),
        DataRef::Float(number) => Some(number_value(*number)),
        DataRef::Bool(yes) => Some(RawValue::Bool(*yes)),
        DataRef::DateTime(date) => Some(date_value(date)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Some(RawValue::Date(iso(text))),
        DataRef::Error(error) => Some(RawValue::Error(error.to_string().into())),
        DataRef::Empty => None,
    }
}

fn from_owned(value: &Data) -> Option<RawValue> {
    match value {
        Data::String(text) => text_value(text),
        Data::Int(number) => Some(whole(*number)),
        Data::Float(number) => Some(number_value(*number)),
        Data::Bool(yes) => Some(RawValue::Bool(*yes)),
        Data::DateTime(date) => Some(date_value(date)),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Some(RawValue::Date(iso(text))),
        Data::Error(error) => Some(RawValue::Error(error.to_string().into())),
        Data::Empty => None,
    }
}

fn text_value(text: &str) -> Option<RawValue> {
    (!text.is_empty()).then(|| RawValue::Text(text.into()))
}

#[expect(clippy::cast_precision_loss, reason = "a spreadsheet keeps fifteen digits, and shows no more")]
fn whole(number: i64) -> RawValue {
    RawValue::Number(number as f64)
}

fn number_value(number: f64) -> RawValue {
    if number.is_finite() { RawValue::Number(number) } else { RawValue::Text(number.to_string().into()) }
}

/// A date of an ods file; midnight says that only the day is meant.
fn iso(text: &str) -> Box<str> {
    text.strip_suffix("T00:00:00").unwrap_or(text).into()
}

/// A serial date as ISO 8601; a number where it is outside of what a spreadsheet shows as a date.
fn date_value(date: &ExcelDateTime) -> RawValue {
    const END: f64 = 2_958_466.0;
    let serial = date.as_f64();
    if !(0.0..END).contains(&serial) || date.is_duration() {
        return number_value(serial);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let day = format!("{year:04}-{month:02}-{day:02}");
    let text = match (serial < 1.0, time.as_str()) {
        (true, _) => time,
        (false, "00:00:00") => day,
        (false, _) => format!("{day}T{time}"),
    };
    RawValue::Date(text.into())
}

fn damaged(what: &str) -> Unreadable {
    Unreadable::new(Refusal::Damaged, what)
}

fn encrypted() -> Unreadable {
    Unreadable::new(Refusal::Encrypted, "The workbook is encrypted with a password.")
}

fn broken(error: &impl Display) -> Unreadable {
    damaged(&format!("The workbook is damaged ({error})."))
}

fn refuse_xlsx(error: &XlsxError) -> Unreadable {
    match error {
        XlsxError::Password => encrypted(),
        XlsxError::Unrecognized { val, .. } if val.contains("macrosheets") || val.contains("dialogsheets") => {
            let what = "The workbook holds an Excel 4 macro or dialog sheet, which is not read.";
            Unreadable::new(Refusal::UnsupportedFormat, what)
        }
        other => broken(other),
    }
}

fn refuse_xlsb(error: &XlsbError) -> Unreadable {
    match error {
        XlsbError::Password => encrypted(),
        other => broken(other),
    }
}

fn refuse_xls(error: &XlsError) -> Unreadable {
    match error {
        XlsError::Password => encrypted(),
        other => broken(other),
    }
}

fn refuse_ods(error: &OdsError) -> Unreadable {
    match error {
        OdsError::Password => encrypted(),
        OdsError::CellLimitExceeded { .. } => {
            Unreadable::new(Refusal::TooManyCells, "The workbook repeats its cells beyond 2,000,000.")
        }
        other => broken(other),
    }
}
