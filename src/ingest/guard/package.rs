//! The check of a zip package (xlsx, xlsb, ods) before a parser sees it: bombs, tricks and lies are refused from
//! the directory alone where it tells, and by reading each XML part once where it does not.

use std::collections::HashSet;
use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::hidden::HiddenRows;
use super::xml::{Piece, Pieces, Tag, local, to_utf8};
use super::{Admission, GRID, ods};
use crate::ingest::raw::Format;
use crate::ingest::unreadable::{Refusal, Unreadable};

/// Most entries; the largest real workbook seen has 1,033.
const MOST_ENTRIES: usize = 5_000;
/// Largest part when unpacked, in bytes. An honest real file has a part of 112 MB in a file of 1.1 MB, so that a
/// limit on the ratio would refuse real files.
const LARGEST_PART: u64 = 128 << 20;
/// Largest sum of all parts when unpacked, in bytes.
const LARGEST_SUM: u64 = 256 << 20;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// One entry of the directory, by what it declares.
struct Entry {
    name: String,
    size: u64,
}

/// Checks a package and says what it is; the answer may hold other bytes than were given, where parts had to be
/// put into UTF-8 or, for ods, into the plain form that the parser reads.
pub(super) fn admit(bytes: &[u8]) -> Result<Admission<'_>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(refuse)?;
    let entries = directory(&mut archive)?;
    match kind(&mut archive, &entries)? {
        Format::Ods => ods::admit(&mut archive),
        format => office(archive, &entries, format, bytes),
    }
}

fn suspicious(what: &str) -> Unreadable {
    Unreadable::new(Refusal::Suspicious, what)
}

fn refuse(error: ZipError) -> Unreadable {
    match error {
        ZipError::Io(error) => refuse_io(&error),
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => encrypted(),
        other => Unreadable::new(Refusal::Damaged, format!("The workbook's zip package is damaged ({other}).")),
    }
}

fn refuse_io(error: &std::io::Error) -> Unreadable {
    let text = error.to_string();
    if text.contains("declared uncompressed size") {
        return suspicious("A part of the workbook unpacks to more than the package declares.");
    }
    Unreadable::new(Refusal::Damaged, format!("The workbook's zip package is damaged ({text})."))
}

fn encrypted() -> Unreadable {
    Unreadable::new(Refusal::Encrypted, "The workbook is encrypted with a password.")
}

/// One name for two ways to write it: the parsers look parts up without regard to case and slash.
fn folded(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn directory(archive: &mut Archive<'_>) -> Result<Vec<Entry>, Unreadable> {
    if archive.offset() != 0 {
        return Err(suspicious("There is other content before the workbook's zip package."));
    }
    if archive.len() > MOST_ENTRIES {
        return Err(suspicious("The package has more than 5,000 entries."));
    }
    if archive.has_duplicate_names() {
        return Err(suspicious("The package holds two entries of one name."));
    }
    let mut seen = HashSet::new();
    let mut sum = 0_u64;
    let mut entries = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(refuse)?;
        if file.encrypted() {
            return Err(encrypted());
        }
        let name = file.name().map_err(refuse)?.into_owned();
        if !file.is_dir() && !seen.insert(folded(&name)) {
            return Err(suspicious("The package holds two entries whose names differ only in case or slashes."));
        }
        sum = sum.saturating_add(file.size());
        if file.size() > LARGEST_PART || sum > LARGEST_SUM {
            let what = "The file unpacks to more than is accepted (128 MiB for one part, 256 MiB for all).";
            return Err(Unreadable::new(Refusal::TooLarge, what));
        }
        entries.push(Entry { name, size: file.size() });
    }
    if archive.has_overlapping_files().map_err(refuse)? {
        return Err(suspicious("Entries of the package overlap."));
    }
    Ok(entries)
}

/// The bytes of an entry, unpacked, its checksum verified.
fn unpack(archive: &mut Archive<'_>, index: usize, declared: u64) -> Result<Vec<u8>, Unreadable> {
    let capacity = usize::try_from(declared.min(LARGEST_PART)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(capacity);
    let mut file = archive.by_index(index).map_err(refuse)?;
    file.read_to_end(&mut bytes).map_err(|error| refuse_io(&error))?;
    Ok(bytes)
}

/// The bytes of the part of this name, in UTF-8; `None` where there is none.
pub(super) fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
    let Some(index) = archive.index_for_name(name) else { return Ok(None) };
    let declared = archive.by_index_raw(index).map_err(refuse)?.size();
    let bytes = unpack(archive, index, declared)?;
    Ok(Some(to_utf8(&bytes).unwrap_or(bytes)))
}

/// What a package is, by its parts.
fn kind(archive: &mut Archive<'_>, entries: &[Entry]) -> Result<Format, Unreadable> {
    let not = |what: &str| Unreadable::new(Refusal::NotAWorkbook, what);
    if let Some(mime) = part(archive, "mimetype")? {
        let mime = String::from_utf8_lossy(&mime).into_owned();
        if let Some(rest) = mime.strip_prefix("application/vnd.oasis.opendocument.") {
            return if rest.starts_with("spreadsheet") {
                Ok(Format::Ods)
            } else {
                Err(not("This is an OpenDocument file of another kind, not a spreadsheet."))
            };
        }
    }
    let has = |start: &str| entries.iter().any(|entry| folded(&entry.name).starts_with(start));
    if has("content.xml") && has("meta-inf/manifest.xml") {
        return Ok(Format::Ods);
    }
    if has("word/") {
        return Err(not("This is a Word document, not a workbook."));
    }
    if has("ppt/") {
        return Err(not("This is a PowerPoint presentation, not a workbook."));
    }
    let types = part(archive, "[Content_Types].xml")?.unwrap_or_default();
    let types = String::from_utf8_lossy(&types);
    if types.contains("ms-excel.sheet.binary") || has("xl/workbook.bin") {
        return Ok(Format::Xlsb);
    }
    let relationships = part(archive, "_rels/.rels")?;
    if has("xl/") || (relationships.is_some() && (types.is_empty() || types.contains("spreadsheetml"))) {
        return Ok(Format::Xlsx);
    }
    Err(not("This is a zip archive, not a workbook."))
}

/// Reads each XML part of an Office package once.
fn office<'a>(
    mut archive: Archive<'a>,
    entries: &[Entry],
    format: Format,
    bytes: &'a [u8],
) -> Result<Admission<'a>, Unreadable> {
    let mut hidden = HiddenRows::default();
    let mut rewritten = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let name = folded(&entry.name);
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let original = unpack(&mut archive, index, entry.size)?;
        let utf8 = to_utf8(&original);
        let content = utf8.as_deref().unwrap_or(&original);
        let mut wrong_dimension = None;
        hidden.begin(&name);
        let mut pieces = Pieces::new(&entry.name, content);
        let mut start = 0;
        while let Some(piece) = pieces.next() {
            let piece = piece?;
            let end = content.len() - pieces.left();
            if matches!(&piece, Piece::Open(tag) if local(tag.name) == b"dimension" && !sound_dimension(tag)) {
                wrong_dimension = Some(start..end);
            }
            hidden.see(&piece);
            start = end;
        }
        match (wrong_dimension, utf8) {
            (None, None) => {}
            (None, Some(utf8)) => rewritten.push((index, utf8)),
            (Some(tag), utf8) => {
                let mut content = utf8.unwrap_or(original);
                content.get_mut(tag).unwrap_or_default().fill(b' ');
                rewritten.push((index, content));
            }
        }
    }
    let bytes = if rewritten.is_empty() { bytes.into() } else { rewrite(&mut archive, &rewritten)?.into() };
    Ok(Admission { format, bytes, hidden_rows: hidden.by_sheet() })
}

/// Whether the extent that a sheet declares is one: the parser works it out, though nobody asks, and a reversed one
/// ends it. Where it is not, the tag is blanked.
fn sound_dimension(tag: &Tag<'_>) -> bool {
    let corner = |text: &[u8]| {
        let letters = text.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        let (letters, digits) = text.split_at_checked(letters)?;
        let col =
            letters.iter().try_fold(0_u32, |col, byte| col.checked_mul(26)?.checked_add(u32::from(byte - b'@')))?;
        let row: u32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        ((1..=GRID.0).contains(&row) && (1..=GRID.1).contains(&col)).then_some((row, col))
    };
    let Some(extent) = tag.attribute(b"ref") else { return !tag.empty };
    let mut corners = extent.split(|byte| *byte == b':').map(corner);
    match (corners.next(), corners.next(), corners.next()) {
        (Some(Some(_)), None, None) => true,
        (Some(Some((top, left))), Some(Some((bottom, right))), None) => top <= bottom && left <= right,
        _ => !tag.empty,
    }
}

/// The package with some parts replaced.
fn rewrite(archive: &mut Archive<'_>, parts: &[(usize, Vec<u8>)]) -> Result<Vec<u8>, Unreadable> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(refuse)?;
        if let Some((_, part)) = parts.iter().find(|(changed, _)| *changed == index) {
            let name = file.name().map_err(refuse)?.into_owned();
            drop(file);
            store(&mut writer, &name, part)?;
        } else {
            writer.raw_copy_file(file).map_err(refuse)?;
        }
    }
    Ok(writer.finish().map_err(refuse)?.into_inner())
}

fn store(writer: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, part: &[u8]) -> Result<(), Unreadable> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file(name, stored).map_err(refuse)?;
    writer.write_all(part).map_err(|error| refuse_io(&error))
}

/// A package of these parts, uncompressed.
pub(super) fn pack(parts: &[(&str, &[u8])]) -> Result<Vec<u8>, Unreadable> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        store(&mut writer, name, part)?;
    }
    Ok(writer.finish().map_err(refuse)?.into_inner())
}
