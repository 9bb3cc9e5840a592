//! A workbook as read, before anything is made of it: sheets of addressed cells, as a person sees them.

use std::borrow::Cow;
use std::fmt;

/// A file format that is read, found by its content and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Office Open XML workbook (also .xlsm, .xltx, .xltm).
    Xlsx,
    /// Excel binary workbook.
    Xlsb,
    /// Excel 5 to 2003 workbook in a compound file.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Xlsx, Self::Xlsb, Self::Xls, Self::Ods];

    /// The format's usual ending, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }

    /// Whether a file name's ending promises this format.
    #[must_use]
    pub fn promised_by(self, file_name: &str) -> bool {
        let Some((_, ending)) = file_name.rsplit_once('.') else { return false };
        let endings: &[&str] = match self {
            Self::Xlsx => &["xlsx", "xlsm", "xltx", "xltm", "xlam"],
            Self::Xlsb => &["xlsb"],
            Self::Xls => &["xls", "xlt"],
            Self::Ods => &["ods", "ots"],
        };
        endings.iter().any(|known| known.eq_ignore_ascii_case(ending))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.ending())
    }
}

/// Whether a sheet is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SheetVisibility {
    /// Shown.
    Visible,
    /// Hidden: a person can unhide it in the menu.
    Hidden,
    /// Hidden so that only a program can show it.
    VeryHidden,
}

/// Where a cell is: row and column, both from 0; written as in the program, `B7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellAddress {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub col: u32,
}

impl CellAddress {
    /// The cell in this row and column, both from 0.
    #[must_use]
    pub fn new(row: u32, col: u32) -> Self {
        Self { row, col }
    }
}

impl fmt::Display for CellAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.col) + 1;
        while rest > 0 {
            let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
            letters.push(char::from(b'A' + digit));
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().try_for_each(|letter| write!(f, "{letter}"))?;
        write!(f, "{}", u64::from(self.row) + 1)
    }
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum RawValue {
    /// A text, exactly as in the cell.
    Text(Box<str>),
    /// A number. A cell shown as `95 %` holds 0.95.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A date, a time or both, in ISO 8601: `2026-11-24`, `17:00:00`, `2026-11-24T17:00:00`.
    Date(Box<str>),
    /// An error, such as `#REF!`.
    Error(Box<str>),
}

impl RawValue {
    /// The value as a person reads it: whole numbers without a decimal point, others with at most the fifteen
    /// significant digits that a spreadsheet keeps, booleans as `TRUE` and `FALSE`.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Date(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Bool(yes) => Cow::Borrowed(if *yes { "TRUE" } else { "FALSE" }),
            Self::Number(number) => Cow::Owned(shown(*number)),
        }
    }
}

/// A number with at most fifteen significant digits and no needless ones.
fn shown(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}

/// One used cell.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCell {
    /// Where it is.
    pub at: CellAddress,
    /// What it holds.
    pub value: RawValue,
}

/// One worksheet: its used cells, by row and then by column, each address once.
#[derive(Clone, Debug, PartialEq)]
pub struct RawSheet {
    /// The name on its tab.
    pub name: String,
    /// Whether it is shown.
    pub visibility: SheetVisibility,
    /// The used cells.
    pub cells: Vec<RawCell>,
    /// Why it could not be read, where it could not; then there are no cells.
    pub unreadable: Option<String>,
    /// Rows that are hidden, from 0, as ranges with both ends in; empty where the format does not tell.
    pub hidden_rows: Vec<(u32, u32)>,
}

/// A workbook as read.
#[derive(Clone, Debug, PartialEq)]
pub struct RawWorkbook {
    /// Its format, by content.
    pub format: Format,
    /// Its worksheets in their order; chart sheets and macro modules are left out.
    pub sheets: Vec<RawSheet>,
}

impl RawWorkbook {
    /// How many cells are used, over all sheets.
    #[must_use]
    pub fn used_cells(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.cells.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_written_as_in_the_program() {
        for (row, col, written) in [(0, 0, "A1"), (6, 25, "Z7"), (0, 26, "AA1"), (1_048_575, 16_383, "XFD1048576")] {
            assert_eq!(CellAddress::new(row, col).to_string(), written);
        }
    }

    #[test]
    fn a_number_is_read_as_a_person_sees_it() {
        for (number, text) in [(3.0, "3"), (0.1 + 0.2, "0.3"), (0.95, "0.95"), (1e6, "1000000"), (-2.5, "-2.5")] {
            assert_eq!(RawValue::Number(number).text(), text);
        }
        assert_eq!(RawValue::Bool(true).text(), "TRUE");
    }

    #[test]
    fn an_ending_promises_its_format_whatever_its_case() {
        assert!(Format::Xlsx.promised_by("a.b.XLSM"));
        assert!(!Format::Xlsx.promised_by("a.xls"));
        assert!(!Format::Ods.promised_by("ods"));
    }
}
