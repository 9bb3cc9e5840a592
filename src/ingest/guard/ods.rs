//! The check of an OpenDocument spreadsheet: repeats are added up before anything is expanded, and the content is
//! put into the plain form that the parser reads (no indentation, no comments, none of the other parts).

use std::io::Cursor;

use zip::ZipArchive;

use super::hidden::{RowsBySheet, add_range};
use super::package::{pack, part};
use super::xml::{Piece, Pieces, Tag, unescape};
use super::{Admission, MOST_CELLS, MOST_DENSE_CELLS, MOST_SHEETS};
use crate::ingest::raw::Format;
use crate::ingest::unreadable::{Refusal, Unreadable};

const MIMETYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
const MANIFEST: &[u8] = b"<manifest:manifest/>";
/// Longest run of spaces written as a number; a cell holds no more characters than this.
const MOST_SPACES: u64 = 32_767;
/// Deepest nesting of elements that is followed.
const DEEPEST: usize = 256;

/// Checks the parts that matter and packs them anew.
pub(super) fn admit(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Admission<'static>, Unreadable> {
    if let Some(manifest) = part(archive, "META-INF/manifest.xml")? {
        for piece in Pieces::new("META-INF/manifest.xml", &manifest) {
            if matches!(piece?, Piece::Open(tag) if tag.name.ends_with(b"encryption-data")) {
                return Err(Unreadable::new(Refusal::Encrypted, "The workbook is encrypted with a password."));
            }
        }
    }
    let content = part(archive, "content.xml")?
        .ok_or_else(|| Unreadable::new(Refusal::Damaged, "The workbook has no part content.xml."))?;
    let (plain, hidden_rows) = Survey::default().walk(&content)?;
    drop(content);
    let bytes = pack(&[("mimetype", MIMETYPE), ("META-INF/manifest.xml", MANIFEST), ("content.xml", &plain)])?;
    Ok(Admission { format: Format::Ods, bytes: bytes.into(), hidden_rows })
}

/// What the parser will build of the tables, worked out without building it.
#[derive(Default)]
struct Survey {
    /// Names of the elements that are open.
    open: Vec<Vec<u8>>,
    /// How many of them hold text that counts: paragraphs and headings.
    in_text: usize,
    tables: usize,
    used: u64,
    dense: u64,
    table: Table,
    hidden: RowsBySheet,
}

/// The table that is open.
#[derive(Default)]
struct Table {
    name: String,
    /// Rows before this one.
    row: u64,
    row_repeats: u64,
    row_hidden: bool,
    /// Columns of this row that are past, and of those the ones up to the last that is used.
    col: u64,
    row_used: u64,
    /// Rows that are used: the first and the one after the last; the same for columns.
    rows: Option<(u64, u64)>,
    cols: Option<(u64, u64)>,
}

fn widen(range: Option<(u64, u64)>, first: u64, end: u64) -> Option<(u64, u64)> {
    Some(range.map_or((first, end), |(start, last)| (start.min(first), last.max(end))))
}

fn too_many() -> Unreadable {
    Unreadable::new(Refusal::TooManyCells, "The workbook repeats or spreads its cells beyond 2,000,000.")
}

fn damaged(what: &str) -> Unreadable {
    Unreadable::new(Refusal::Damaged, what)
}

impl Survey {
    /// The content in its plain form, and the hidden rows.
    fn walk(mut self, content: &[u8]) -> Result<(Vec<u8>, RowsBySheet), Unreadable> {
        let mut plain = Vec::with_capacity(content.len());
        for piece in Pieces::new("content.xml", content) {
            match piece? {
                Piece::Text(text) if self.in_text > 0 => plain.extend_from_slice(text),
                Piece::Data(data) if self.in_text > 0 => push_escaped(&mut plain, data),
                Piece::Open(tag) => {
                    self.enter(&tag)?;
                    tag.write(&mut plain);
                    if tag.empty {
                        self.leave(tag.name)?;
                    }
                }
                Piece::Close(name) => {
                    self.leave(name)?;
                    plain.extend_from_slice(b"</");
                    plain.extend_from_slice(name);
                    plain.push(b'>');
                }
                Piece::Text(_) | Piece::Data(_) | Piece::Other => {}
            }
        }
        if self.open.is_empty() { Ok((plain, self.hidden)) } else { Err(damaged("The part content.xml is cut off.")) }
    }

    fn enter(&mut self, tag: &Tag<'_>) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            return Err(Unreadable::new(Refusal::Suspicious, "The content is nested more than 256 deep."));
        }
        match tag.name {
            b"table:table" => {
                if self.open.iter().any(|name| name == b"table:table") {
                    return Err(Unreadable::new(Refusal::UnsupportedFormat, "A table lies inside another table."));
                }
                self.tables += 1;
                if self.tables > MOST_SHEETS {
                    return Err(Unreadable::new(Refusal::TooManySheets, "The workbook has more than 500 sheets."));
                }
                let name = tag.attribute(b"name").map(unescape).unwrap_or_default();
                self.table = Table { name, ..Table::default() };
            }
            b"table:table-row" => {
                self.table.row_repeats = tag.number(b"number-rows-repeated")?.unwrap_or(1);
                self.table.row_hidden = tag.attribute(b"visibility").is_some_and(|value| value != b"visible");
                self.table.col = 0;
                self.table.row_used = 0;
            }
            b"table:table-cell" | b"table:covered-table-cell" => self.cell(tag)?,
            b"text:p" | b"text:h" => self.in_text += 1,
            b"text:s" if tag.number(b"c")?.unwrap_or(1) > MOST_SPACES => {
                return Err(Unreadable::new(Refusal::Suspicious, "A cell holds a run of more than 32,767 spaces."));
            }
            _ => {}
        }
        self.open.push(tag.name.to_vec());
        Ok(())
    }

    fn cell(&mut self, tag: &Tag<'_>) -> Result<(), Unreadable> {
        let repeats = tag.number(b"number-columns-repeated")?.unwrap_or(1);
        let holds = |name: &[u8]| {
            matches!(
                name,
                b"office:value"
                    | b"office:string-value"
                    | b"office:date-value"
                    | b"office:time-value"
                    | b"office:boolean-value"
                    | b"office:value-type"
                    | b"table:formula"
            )
        };
        let first = self.table.col;
        self.table.col = first.saturating_add(repeats);
        if tag.attributes().any(|(name, _)| holds(name)) {
            self.table.row_used = self.table.row_used.saturating_add(repeats);
            self.table.cols = widen(self.table.cols, first, self.table.col);
            if self.table.row_used > MOST_CELLS {
                return Err(too_many());
            }
        }
        Ok(())
    }

    fn leave(&mut self, name: &[u8]) -> Result<(), Unreadable> {
        if self.open.pop().as_deref() != Some(name) {
            return Err(damaged("The part content.xml closes an element that is not open."));
        }
        match name {
            b"table:table-row" => self.end_row()?,
            b"table:table" => {
                if let (Some((top, bottom)), Some((left, right))) = (self.table.rows, self.table.cols) {
                    self.dense = self.dense.saturating_add((bottom - top).saturating_mul(right - left));
                }
                if self.dense > MOST_DENSE_CELLS {
                    return Err(too_many());
                }
            }
            b"text:p" | b"text:h" => self.in_text = self.in_text.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Unreadable> {
        let table = &mut self.table;
        let end = table.row.saturating_add(table.row_repeats);
        if table.row_used > 0 && table.row_repeats > 0 {
            table.rows = widen(table.rows, table.row, end);
            self.used = self.used.saturating_add(table.row_used.saturating_mul(table.row_repeats));
            if self.used > MOST_CELLS {
                return Err(too_many());
            }
            if let (true, Ok(first), Ok(end)) = (table.row_hidden, u32::try_from(table.row), u32::try_from(end)) {
                add_range(self.hidden.entry(table.name.clone()).or_default(), first, end.saturating_sub(1));
            }
        }
        table.row = end;
        Ok(())
    }
}

fn push_escaped(plain: &mut Vec<u8>, data: &[u8]) {
    for byte in data {
        match byte {
            b'<' => plain.extend_from_slice(b"&lt;"),
            b'&' => plain.extend_from_slice(b"&amp;"),
            other => plain.push(*other),
        }
    }
}
