//! What stands before the parser: tells by the content what a file is, and refuses what would break the parser, fill
//! the memory or fool the reader. Runs in the child process of `worker`, on whole bytes, and builds nothing.
//!
//! Sizes and counts were set by measuring real files: the largest honest ones pass, what is made to harm does not.

mod biff;
mod cfb;
mod hidden;
mod ods;
mod package;
mod xml;

use std::borrow::Cow;

use cfb::CompoundFile;
pub(super) use hidden::RowsBySheet;

use super::raw::Format;
use super::unreadable::{Refusal, Unreadable};

/// Largest file, in bytes.
pub const MOST_BYTES: usize = 20 << 20;
/// Most sheets in one workbook.
pub const MOST_SHEETS: usize = 500;
/// Most used cells in one workbook.
pub const MOST_CELLS: u64 = 2_000_000;
/// Most bytes of text over all cells of one workbook.
pub const MOST_TEXT: u64 = 128 << 20;
/// Most cells of the rectangles around the used cells, in formats whose parser holds the whole rectangle.
const MOST_DENSE_CELLS: u64 = 6_000_000;
/// Rows and columns of the largest sheet that any program makes.
pub const GRID: (u32, u32) = (1_048_576, 16_384);

/// A file that may go to the parser.
pub(super) struct Admission<'a> {
    /// What it is.
    pub format: Format,
    /// What to parse: the bytes given, or the same workbook in a form that the parser reads.
    pub bytes: Cow<'a, [u8]>,
    /// Hidden rows, where the format tells.
    pub hidden_rows: RowsBySheet,
}

/// Refuses a file by its size alone; the parent asks this before it starts a child.
pub(super) fn size(bytes: &[u8]) -> Result<(), Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::new(Refusal::EmptyFile, "The file is empty (0 bytes)."));
    }
    if bytes.len() > MOST_BYTES {
        let what = format!("The file has {} bytes; at most 20 MB are accepted.", bytes.len());
        return Err(Unreadable::new(Refusal::TooLarge, what));
    }
    Ok(())
}

/// Says what a file is, or refuses it.
pub(super) fn admit(bytes: &[u8]) -> Result<Admission<'_>, Unreadable> {
    size(bytes)?;
    if bytes.starts_with(b"PK") && bytes.len() > 2 {
        package::admit(bytes)
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        compound(bytes)
    } else {
        Err(other(bytes))
    }
}

fn compound(bytes: &[u8]) -> Result<Admission<'_>, Unreadable> {
    let file = CompoundFile::open(bytes)?;
    if file.has("EncryptedPackage") || file.has("EncryptionInfo") {
        return Err(Unreadable::new(Refusal::Encrypted, "The workbook is encrypted with a password."));
    }
    let stream = match file.stream("Workbook")? {
        Some(stream) => Some(stream),
        None => file.stream("Book")?,
    };
    let Some(stream) = stream else {
        let what = if file.has("WordDocument") {
            "This is a Word document, not a workbook."
        } else if file.has("PowerPoint Document") {
            "This is a PowerPoint presentation, not a workbook."
        } else {
            "This is an Office file of another kind: it holds no workbook."
        };
        return Err(Unreadable::new(Refusal::NotAWorkbook, what));
    };
    biff::survey(&stream)?;
    Ok(Admission { format: Format::Xls, bytes: bytes.into(), hidden_rows: RowsBySheet::default() })
}

/// The refusal of a file that is neither a zip package nor a compound file.
fn other(bytes: &[u8]) -> Unreadable {
    let head: Vec<u8> = bytes.iter().copied().take(4_096).collect();
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let unsupported = |what: &str| Unreadable::new(Refusal::UnsupportedFormat, what);
    let tail = bytes.get(bytes.len().saturating_sub(66_000)..).unwrap_or_default();
    if tail.windows(4).any(|window| window == b"PK\x05\x06") {
        return Unreadable::new(Refusal::Suspicious, "There is other content before the workbook's zip package.");
    }
    match bytes {
        [0x09, 0x00 | 0x02 | 0x04 | 0x08, ..] if bytes.len() > 8 && !bytes.iter().take(8).all(u8::is_ascii_graphic) => {
            return unsupported("This is a workbook of Excel 4 or older.");
        }
        [b'%', b'P', b'D', b'F', ..] => {
            return Unreadable::new(Refusal::NotAWorkbook, "This is a PDF, not a workbook.");
        }
        _ => {}
    }
    if text.starts_with("id;p") {
        return unsupported("This is a SYLK file, not a workbook.");
    }
    if text.starts_with("<?xml") || text.starts_with("<office:document") {
        if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
            return unsupported("This is an Excel 2003 XML spreadsheet.");
        }
        if text.contains("opendocument") {
            return unsupported("This is a flat OpenDocument file (.fods).");
        }
        return Unreadable::new(Refusal::NotAWorkbook, "This is an XML file, not a workbook.");
    }
    if text.starts_with("<!doctype html") || text.starts_with("<html") || text.contains("<table") {
        return unsupported("This is a web page (HTML) under the name of a workbook.");
    }
    let cut = head.len() == 4_096;
    let is_text = match std::str::from_utf8(&head) {
        Ok(_) => true,
        Err(error) => cut && error.error_len().is_none(),
    } && !head.iter().any(|byte| *byte < 9);
    let first_line = text.lines().next().unwrap_or_default();
    if is_text && first_line.contains([',', ';', '\t']) {
        return unsupported("This is a text file with separated values (CSV), not a workbook.");
    }
    if is_text {
        return Unreadable::new(Refusal::NotAWorkbook, "This is a text file, not a workbook.");
    }
    Unreadable::new(Refusal::NotAWorkbook, "This is no workbook: its content is of no known kind.")
}
