//! What a page lists, as a file: CSV for programs, XLSX for people, JSON for both. The rows are the page's own, so that
//! a page and its files cannot tell different things.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use serde_json::{Map, Value, json};

use super::ExportError;

/// Rows to be given as a file.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// What it is.
    pub title: String,
    /// Name of the file, without its ending: letters, digits and hyphens.
    pub file_stem: String,
    /// What a reader must know: property and value, such as the address, the filters, the version.
    pub about: Vec<(String, String)>,
    /// The rows, one sheet for each kind.
    pub sheets: Vec<ListingSheet>,
}

/// Rows of one kind.
#[derive(Clone, Debug)]
pub struct ListingSheet {
    /// The name, up to 31 characters.
    pub name: String,
    /// The heads of the columns.
    pub columns: Vec<&'static str>,
    /// The rows, each with one value a column.
    pub rows: Vec<Vec<Datum>>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// Nothing recorded.
    Blank,
    /// A text, always written as a text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

impl Datum {
    /// A text; blank where it is.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }

    /// Anything that can be shown, where there is something.
    #[must_use]
    pub fn word(word: Option<impl ToString>) -> Self {
        word.map_or(Self::Blank, |word| Self::text(word.to_string()))
    }

    /// A number, where there is one.
    #[must_use]
    pub fn count(count: Option<u64>) -> Self {
        count.map_or(Self::Blank, Self::Count)
    }

    fn plain(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        }
    }
}

/// How wide the widest column is, in letters, and the columns of the first sheet; longer texts take several lines.
const WIDEST: usize = 42;
const ABOUT: [u16; 2] = [24, 90];
/// Letters that an A4 page on its side holds beside each other and that can still be read.
const A_PAGE_WIDE: usize = 190;
/// A4, as workbooks number it.
const A4: u8 = 9;
/// The height of a line, in points, and the most lines that a row shows.
const LINE: u32 = 15;
const MOST_LINES: usize = 24;

/// The most characters that a cell of a workbook holds.
const LONGEST_CELL: usize = 32_767;

impl Listing {
    /// The first sheet as CSV: UTF-8 with a byte order mark, so that spreadsheet programs read it as such, and with an
    /// apostrophe before whatever such a program would take for a formula.
    pub fn csv(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = "\u{feff}".as_bytes().to_vec();
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
        if let Some(sheet) = self.sheets.first() {
            writer.write_record(&sheet.columns).map_err(|error| ExportError::Rows(error.to_string()))?;
            for row in &sheet.rows {
                let cells = row.iter().map(|datum| harmless(datum.plain()));
                writer.write_record(cells).map_err(|error| ExportError::Rows(error.to_string()))?;
            }
        }
        writer.flush().map_err(|error| ExportError::Rows(error.to_string()))?;
        drop(writer);
        Ok(bytes)
    }

    /// Everything as a workbook: a first sheet on what it is, then one for each kind of row. No cell is a formula.
    pub fn xlsx(&self) -> Result<Vec<u8>, ExportError> {
        Ok(self.workbook()?)
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_title(&self.title).set_creation_datetime(&created));
        let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
        let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
        let number = Format::new().set_align(FormatAlign::Top);
        let about = workbook.add_worksheet();
        about.set_name("About")?.set_column_width(0, ABOUT[0])?.set_column_width(1, ABOUT[1])?;
        about.write_string_with_format(0, 0, "Title", &head)?.write_string_with_format(0, 1, &self.title, &head)?;
        for (row, (property, value)) in (1_u32..).zip(&self.about) {
            about.write_string_with_format(row, 0, property, &text)?;
            about.write_string_with_format(row, 1, cut(value), &text)?;
            heighten(about, row, [(property.as_str(), usize::from(ABOUT[0])), (value, usize::from(ABOUT[1]))])?;
        }
        self.printed(about, ABOUT.map(usize::from).iter().sum());
        for sheet in &self.sheets {
            let page = workbook.add_worksheet();
            page.set_name(sheet.name.as_str())?;
            let mut widths = Vec::new();
            for (col, column) in (0_u16..).zip(&sheet.columns) {
                page.write_string_with_format(0, col, *column, &head)?;
                let cells = sheet.rows.iter().filter_map(|row| row.get(usize::from(col)));
                let longest = cells.map(|cell| cell.plain().chars().take(WIDEST).count()).max().unwrap_or(0);
                // Room for the filter's arrow beside the head, and for letters wider than most.
                let width = (longest + 1).max(column.chars().count() + 3).clamp(8, WIDEST);
                page.set_column_width(col, u16::try_from(width).unwrap_or(8))?;
                widths.push(width);
            }
            for (row, cells) in (1_u32..).zip(&sheet.rows) {
                for (col, cell) in (0_u16..).zip(cells) {
                    match cell {
                        Datum::Blank => {}
                        // A spreadsheet keeps fifteen digits.
                        Datum::Count(count) if *count < 1_000_000_000_000_000 => {
                            #[expect(clippy::cast_precision_loss, reason = "below fifteen digits nothing is lost")]
                            page.write_number_with_format(row, col, *count as f64, &number)?;
                        }
                        other => {
                            page.write_string_with_format(row, col, cut(&other.plain()), &text)?;
                        }
                    }
                }
                let texts: Vec<String> = cells.iter().map(Datum::plain).collect();
                heighten(page, row, texts.iter().map(String::as_str).zip(widths.iter().copied()))?;
            }
            self.printed(page, widths.iter().sum());
            let last_col = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(0);
            page.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
            page.autofilter(0, 0, u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX), last_col)?;
        }
        workbook.save_to_buffer()
    }

    /// Sets a sheet up for paper: A4 on its side, as few pages wide as can be read, the heads of the columns on each.
    fn printed(&self, sheet: &mut Worksheet, letters_wide: usize) {
        let across = u16::try_from(letters_wide.div_ceil(A_PAGE_WIDE)).unwrap_or(1).max(1);
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(across, 0);
        sheet.set_header(format!("&L{}&R&A", self.title.replace('&', "&&"))).set_footer("&RPage &P of &N");
    }

    /// Everything as JSON: `{ "title", "about": { property: value }, "rows": { sheet: [ { column: value } ] } }`, names
    /// in camel case.
    pub fn json(&self) -> Result<Vec<u8>, ExportError> {
        let about: Map<String, Value> = self.about.iter().map(|(name, value)| (camel(name), json!(value))).collect();
        let mut sheets = Map::new();
        for sheet in &self.sheets {
            let row = |row: &Vec<Datum>| -> Value {
                let pairs = sheet.columns.iter().zip(row).map(|(column, datum)| (camel(column), value(datum)));
                Value::Object(pairs.collect())
            };
            sheets.insert(camel(&sheet.name), Value::Array(sheet.rows.iter().map(row).collect()));
        }
        let whole = json!({ "title": self.title, "about": about, "rows": sheets });
        serde_json::to_vec_pretty(&whole).map_err(|error| ExportError::Rows(error.to_string()))
    }
}

fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Blank => Value::Null,
        Datum::Text(text) => json!(text),
        Datum::Count(count) => json!(count),
        Datum::Flag(flag) => json!(flag),
    }
}

/// With an apostrophe before what a spreadsheet program would take for a formula (threats.md §2.2).
fn harmless(text: String) -> String {
    let formula = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];
    if text.starts_with(formula) { format!("'{text}") } else { text }
}

/// Makes a row as high as its longest text needs: not every program does so by itself.
fn heighten<'a>(
    sheet: &mut Worksheet,
    row: u32,
    cells: impl IntoIterator<Item = (&'a str, usize)>,
) -> Result<(), XlsxError> {
    let lines = |(text, width): (&str, usize)| -> usize {
        text.lines().map(|line| line.chars().count().div_ceil(width.max(1)).max(1)).sum()
    };
    let lines = cells.into_iter().map(lines).max().unwrap_or(1).clamp(1, MOST_LINES);
    if lines > 1 {
        sheet.set_row_height(row, LINE * u32::try_from(lines).unwrap_or(1))?;
    }
    Ok(())
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}

/// `Name in model` → `nameInModel`
fn camel(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut out = String::new();
    for (at, word) in words.enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at > 0 => out.extend(first.to_uppercase()),
            Some(first) => out.extend(first.to_lowercase()),
            None => {}
        }
        out.push_str(letters.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Listing {
        let rows = vec![
            vec![Datum::text("=HYPERLINK(\"x\")"), Datum::Count(12)],
            vec![Datum::text("a, \"b\""), Datum::Blank],
            vec![Datum::text("＠x"), Datum::Flag(true)],
        ];
        let sheet = ListingSheet { name: "Fields".to_owned(), columns: vec!["Name in model", "Rows"], rows };
        let about = vec![("Address".to_owned(), "/datasets".to_owned())];
        Listing { title: "A list".to_owned(), file_stem: "list".to_owned(), about, sheets: vec![sheet] }
    }

    #[test]
    fn a_csv_is_quoted_and_holds_no_formula() -> Result<(), ExportError> {
        let text = String::from_utf8(listing().csv()?).unwrap_or_default();
        assert_eq!(
            text,
            "\u{feff}Name in model,Rows\r\n\"'=HYPERLINK(\"\"x\"\")\",12\r\n\"a, \"\"b\"\"\",\r\n'＠x,yes\r\n"
        );
        Ok(())
    }

    #[test]
    fn json_keeps_numbers_and_what_is_not_recorded() -> Result<(), Box<dyn std::error::Error>> {
        let whole: Value = serde_json::from_slice(&listing().json()?)?;
        assert_eq!(whole["rows"]["fields"][1], json!({ "nameInModel": "a, \"b\"", "rows": null }));
        assert_eq!(whole["about"]["address"], "/datasets");
        Ok(())
    }
}
