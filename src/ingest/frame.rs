//! The answer of the reading process on its way to the parent: framed, bounded, and believed in nothing.

use std::io::{self, Read, Write};

use super::guard::{GRID, MOST_CELLS, MOST_SHEETS, MOST_TEXT};
use super::raw::{CellAddress, Format, RawCell, RawSheet, RawValue, RawWorkbook, SheetVisibility};
use super::unreadable::{Refusal, Unreadable};

const BEGIN: &[u8; 4] = b"LWB1";
const END: &[u8; 4] = b"1BWL";
/// Longest answer, in bytes: all text, and 13 bytes beside it for each cell, and something for the sheets.
pub(super) const LONGEST: u64 = MOST_TEXT + 24 * MOST_CELLS + (16 << 20);
/// Longest name or explanation, in bytes.
const LONGEST_NAME: usize = 4_096;
/// Most ranges of hidden rows of one sheet.
const MOST_RANGES: u32 = 1_000;

/// What the child found out.
pub(super) type Answer = Result<RawWorkbook, Unreadable>;

fn garbage() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn write_text(out: &mut impl Write, text: &str, most: usize) -> io::Result<()> {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    out.write_all(&u32::try_from(text.len()).map_err(|_| garbage())?.to_le_bytes())?;
    out.write_all(text.as_bytes())
}

fn write_count(out: &mut impl Write, count: usize) -> io::Result<()> {
    out.write_all(&u32::try_from(count).map_err(|_| garbage())?.to_le_bytes())
}

/// Writes an answer.
pub(super) fn write(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    out.write_all(BEGIN)?;
    match answer {
        Ok(workbook) => {
            out.write_all(b"W")?;
            write_text(out, workbook.format.ending(), LONGEST_NAME)?;
            write_count(out, workbook.sheets.len())?;
            workbook.sheets.iter().try_for_each(|sheet| write_sheet(out, sheet))?;
        }
        Err(unreadable) => {
            out.write_all(b"U")?;
            write_text(out, unreadable.refusal.code(), LONGEST_NAME)?;
            write_text(out, &unreadable.what, LONGEST_NAME)?;
        }
    }
    out.write_all(END)
}

fn write_sheet(out: &mut impl Write, sheet: &RawSheet) -> io::Result<()> {
    write_text(out, &sheet.name, LONGEST_NAME)?;
    out.write_all(match sheet.visibility {
        SheetVisibility::Visible => b"v",
        SheetVisibility::Hidden => b"h",
        SheetVisibility::VeryHidden => b"x",
    })?;
    write_text(out, sheet.unreadable.as_deref().unwrap_or_default(), LONGEST_NAME)?;
    write_count(out, sheet.hidden_rows.len())?;
    for (first, last) in &sheet.hidden_rows {
        out.write_all(&first.to_le_bytes())?;
        out.write_all(&last.to_le_bytes())?;
    }
    write_count(out, sheet.cells.len())?;
    for cell in &sheet.cells {
        out.write_all(&cell.at.row.to_le_bytes())?;
        out.write_all(&cell.at.col.to_le_bytes())?;
        match &cell.value {
            RawValue::Text(text) => write_valued(out, *b"t", text)?,
            RawValue::Date(text) => write_valued(out, *b"d", text)?,
            RawValue::Error(text) => write_valued(out, *b"e", text)?,
            RawValue::Number(number) => {
                out.write_all(b"n")?;
                out.write_all(&number.to_le_bytes())?;
            }
            RawValue::Bool(yes) => out.write_all(if *yes { b"y" } else { b"f" })?,
        }
    }
    Ok(())
}

fn write_valued(out: &mut impl Write, kind: [u8; 1], text: &str) -> io::Result<()> {
    out.write_all(&kind)?;
    write_text(out, text, usize::MAX)
}

/// What is left of the limits while an answer is read.
struct Budget {
    cells: u64,
    text: u64,
}

fn read_array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_u32(from: &mut impl Read) -> io::Result<u32> {
    read_array(from).map(u32::from_le_bytes)
}

fn read_text(from: &mut impl Read, most: u64) -> io::Result<String> {
    let len = u64::from(read_u32(from)?);
    if len > most {
        return Err(garbage());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(len.min(65_536)).map_err(|_| garbage())?);
    from.take(len).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != len {
        return Err(garbage());
    }
    String::from_utf8(bytes).map_err(|_| garbage())
}

fn read_name(from: &mut impl Read) -> io::Result<String> {
    read_text(from, LONGEST_NAME as u64)
}

/// Reads an answer; anything out of order or beyond a limit is an error.
pub(super) fn read(from: &mut impl Read) -> io::Result<Answer> {
    if &read_array::<4>(from)? != BEGIN {
        return Err(garbage());
    }
    let answer = match &read_array::<1>(from)? {
        b"W" => Ok(read_workbook(from)?),
        b"U" => {
            let refusal = Refusal::from_code(&read_name(from)?).ok_or_else(garbage)?;
            Err(Unreadable::new(refusal, read_name(from)?))
        }
        _ => return Err(garbage()),
    };
    if &read_array::<4>(from)? != END {
        return Err(garbage());
    }
    Ok(answer)
}

fn read_workbook(from: &mut impl Read) -> io::Result<RawWorkbook> {
    let ending = read_name(from)?;
    let format = Format::ALL.iter().copied().find(|format| format.ending() == ending).ok_or_else(garbage)?;
    let count = read_u32(from)?;
    if usize::try_from(count).map_err(|_| garbage())? > MOST_SHEETS {
        return Err(garbage());
    }
    let mut budget = Budget { cells: MOST_CELLS, text: MOST_TEXT };
    let sheets = (0..count).map(|_| read_sheet(from, &mut budget)).collect::<io::Result<_>>()?;
    Ok(RawWorkbook { format, sheets })
}

fn read_sheet(from: &mut impl Read, budget: &mut Budget) -> io::Result<RawSheet> {
    let name = read_name(from)?;
    let visibility = match &read_array::<1>(from)? {
        b"v" => SheetVisibility::Visible,
        b"h" => SheetVisibility::Hidden,
        b"x" => SheetVisibility::VeryHidden,
        _ => return Err(garbage()),
    };
    let unreadable = Some(read_name(from)?).filter(|why| !why.is_empty());
    let ranges = read_u32(from)?;
    if ranges > MOST_RANGES {
        return Err(garbage());
    }
    let hidden_rows = (0..ranges).map(|_| Ok((read_u32(from)?, read_u32(from)?))).collect::<io::Result<_>>()?;
    let count = read_u32(from)?;
    budget.cells = budget.cells.checked_sub(u64::from(count)).ok_or_else(garbage)?;
    let mut cells = Vec::with_capacity(usize::try_from(count.min(65_536)).map_err(|_| garbage())?);
    for _ in 0..count {
        let at = CellAddress::new(read_u32(from)?, read_u32(from)?);
        if at.row >= GRID.0 || at.col >= GRID.1 {
            return Err(garbage());
        }
        cells.push(RawCell { at, value: read_value(from, budget)? });
    }
    Ok(RawSheet { name, visibility, cells, unreadable, hidden_rows })
}

fn read_value(from: &mut impl Read, budget: &mut Budget) -> io::Result<RawValue> {
    let mut text = |from: &mut _| {
        let text = read_text(from, budget.text)?;
        budget.text -= text.len() as u64;
        Ok::<_, io::Error>(text.into_boxed_str())
    };
    Ok(match &read_array::<1>(from)? {
        b"t" => RawValue::Text(text(from)?),
        b"d" => RawValue::Date(text(from)?),
        b"e" => RawValue::Error(text(from)?),
        b"n" => RawValue::Number(f64::from_le_bytes(read_array(from)?)),
        b"y" => RawValue::Bool(true),
        b"f" => RawValue::Bool(false),
        _ => return Err(garbage()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workbook() -> RawWorkbook {
        let cell = |row, col, value| RawCell { at: CellAddress::new(row, col), value };
        let sheet = RawSheet {
            name: "Tables".into(),
            visibility: SheetVisibility::VeryHidden,
            cells: vec![
                cell(0, 0, RawValue::Text("é".into())),
                cell(0, 1, RawValue::Number(0.95)),
                cell(1, 0, RawValue::Bool(false)),
                cell(1, 1, RawValue::Date("2026-11-24".into())),
                cell(2, 3, RawValue::Error("#REF!".into())),
            ],
            unreadable: None,
            hidden_rows: vec![(1, 2)],
        };
        RawWorkbook { format: Format::Xlsb, sheets: vec![sheet] }
    }

    #[test]
    fn an_answer_reads_back_as_it_was_written() {
        for answer in [Ok(workbook()), Err(Unreadable::new(Refusal::Damaged, "why"))] {
            let mut bytes = Vec::new();
            assert!(write(&mut bytes, &answer).is_ok());
            assert_eq!(read(&mut bytes.as_slice()).ok(), Some(answer));
        }
    }

    #[test]
    fn an_answer_that_is_cut_or_changed_is_never_believed() {
        let mut bytes = Vec::new();
        assert!(write(&mut bytes, &Ok(workbook())).is_ok());
        for end in 0..bytes.len() {
            assert!(read(&mut bytes.get(..end).unwrap_or_default()).is_err(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= 0xff;
            }
            // Whatever comes out must come out: no panic, no endless read.
            let _ = read(&mut changed.as_slice());
        }
    }
}
