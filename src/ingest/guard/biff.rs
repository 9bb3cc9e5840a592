//! A walk through the records of an .xls workbook: is it encrypted, and how large a grid would the parser build?

use super::cfb::{u16_at, u32_at};
use super::{MOST_CELLS, MOST_DENSE_CELLS, MOST_SHEETS};
use crate::ingest::unreadable::{Refusal, Unreadable};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const MUL_RK: u16 = 0x00bd;
/// Records that begin with the row and the column of one cell that holds something.
const ONE_CELL: [u16; 8] = [0x0006, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x0207, 0x027e];
/// Most records walked over all sheets: sheets may share their records.
const MOST_RECORDS: usize = 20_000_000;

struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.0, 0)?;
        let len = usize::from(u16_at(self.0, 2)?);
        let rest = self.0.get(4..)?;
        let data = rest.get(..len).unwrap_or(rest);
        self.0 = rest.get(len..).unwrap_or_default();
        Some((kind, data))
    }
}

/// The rectangle around the cells of one sheet.
#[derive(Default)]
struct Extent {
    cells: u64,
    rows: Option<(u16, u16)>,
    cols: Option<(u16, u16)>,
}

impl Extent {
    fn add(&mut self, data: &[u8], columns: u16) {
        let (Some(row), Some(col)) = (u16_at(data, 0), u16_at(data, 2)) else { return };
        let last = col.saturating_add(columns.saturating_sub(1));
        self.cells += u64::from(columns.max(1));
        self.rows = Some(self.rows.map_or((row, row), |(first, end)| (first.min(row), end.max(row))));
        self.cols = Some(self.cols.map_or((col, last), |(first, end)| (first.min(col), end.max(last))));
    }

    fn area(&self) -> u64 {
        let length = |range: Option<(u16, u16)>| range.map_or(0, |(first, last)| u64::from(last - first) + 1);
        length(self.rows) * length(self.cols)
    }
}

/// Refuses what is encrypted, too old or too large.
pub(super) fn survey(stream: &[u8]) -> Result<(), Unreadable> {
    let mut sheets = Vec::new();
    let mut first = true;
    for (kind, data) in Records(stream) {
        match kind {
            BOF if first && u16_at(data, 0).is_some_and(|version| version < 0x0500) => {
                let what = "This is a workbook of Excel 4 or older.";
                return Err(Unreadable::new(Refusal::UnsupportedFormat, what));
            }
            FILE_PASS => {
                return Err(Unreadable::new(Refusal::Encrypted, "The workbook is encrypted with a password."));
            }
            BOUND_SHEET => sheets.extend(u32_at(data, 0)),
            EOF => break,
            _ => {}
        }
        first = false;
    }
    if sheets.len() > MOST_SHEETS {
        return Err(Unreadable::new(Refusal::TooManySheets, "The workbook has more than 500 sheets."));
    }
    let (mut cells, mut dense, mut largest, mut records) = (0_u64, 0_u64, 0_u64, 0_usize);
    for start in sheets {
        let Some(sheet) = usize::try_from(start).ok().and_then(|start| stream.get(start..)) else {
            return Err(Unreadable::new(Refusal::Damaged, "A sheet of the workbook lies past the end of the file."));
        };
        let extent = sheet_extent(sheet, &mut records)?;
        cells = cells.saturating_add(extent.cells);
        dense = dense.saturating_add(extent.area());
        largest = largest.max(extent.area());
    }
    // The parser holds every sheet as a full grid and copies the one that is asked for.
    if cells > MOST_CELLS || dense.saturating_add(largest) > 2 * MOST_DENSE_CELLS {
        let what = "The workbook's cells are too many, or spread over too wide an area.";
        return Err(Unreadable::new(Refusal::TooManyCells, what));
    }
    Ok(())
}

fn sheet_extent(sheet: &[u8], records: &mut usize) -> Result<Extent, Unreadable> {
    let mut extent = Extent::default();
    let mut depth = 0_usize;
    for (kind, data) in Records(sheet) {
        *records += 1;
        if *records > MOST_RECORDS {
            return Err(Unreadable::new(Refusal::Suspicious, "The workbook's sheets share their records."));
        }
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            MUL_RK if depth == 1 => extent.add(data, u16::try_from(data.len().saturating_sub(6) / 6).unwrap_or(0)),
            _ if depth == 1 && ONE_CELL.contains(&kind) => extent.add(data, 1),
            _ => {}
        }
    }
    Ok(extent)
}
