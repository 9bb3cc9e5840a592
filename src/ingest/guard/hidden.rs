//! Which rows of which sheet are hidden, found while the XML of an xlsx package is scanned: the parser does not tell.

use std::collections::HashMap;

use super::xml::{Piece, Tag, local, unescape};

/// Most ranges of hidden rows that are kept for one sheet.
const MOST_RANGES: usize = 1_000;

/// What kind of part is being scanned.
#[derive(Default)]
enum Part {
    #[default]
    Other,
    Workbook,
    Relationships,
    Sheet(String),
}

/// Gathers hidden rows by part, and the sheet names by which people know the parts.
#[derive(Default)]
pub(super) struct HiddenRows {
    part: Part,
    row: u32,
    sheets: Vec<(String, String)>,
    targets: HashMap<String, String>,
    rows: HashMap<String, Vec<(u32, u32)>>,
}

/// Ranges of hidden rows, from 0, both ends in, by sheet name.
pub(in crate::ingest) type RowsBySheet = HashMap<String, Vec<(u32, u32)>>;

/// Adds a range, joined to the last one where they touch.
pub(super) fn add_range(ranges: &mut Vec<(u32, u32)>, first: u32, last: u32) {
    let count = ranges.len();
    match ranges.last_mut() {
        Some((_, end)) if end.checked_add(1) == Some(first) => *end = last,
        _ if count < MOST_RANGES => ranges.push((first, last)),
        _ => {}
    }
}

impl HiddenRows {
    /// A new part, by its name in lower case.
    pub(super) fn begin(&mut self, name: &str) {
        self.row = 0;
        self.part = match name.rsplit_once('/') {
            Some((_, "workbook.xml")) => Part::Workbook,
            Some((_, "workbook.xml.rels")) => Part::Relationships,
            Some((folder, sheet)) if folder.ends_with("worksheets") => Part::Sheet(sheet.to_owned()),
            _ => Part::Other,
        };
    }

    /// A piece of the part.
    pub(super) fn see(&mut self, piece: &Piece<'_>) {
        let Piece::Open(tag) = piece else { return };
        match (&self.part, local(tag.name)) {
            (Part::Workbook, b"sheet") => {
                if let (Some(name), Some(id)) = (tag.attribute(b"name"), tag.attribute(b"id")) {
                    self.sheets.push((unescape(name), unescape(id)));
                }
            }
            (Part::Relationships, b"Relationship") => {
                if let (Some(id), Some(target)) = (tag.attribute(b"Id"), tag.attribute(b"Target")) {
                    let target = unescape(target).to_lowercase().replace('\\', "/");
                    let file = target.rsplit('/').next().unwrap_or_default().to_owned();
                    self.targets.insert(unescape(id), file);
                }
            }
            (Part::Sheet(_), b"row") => self.see_row(tag),
            _ => {}
        }
    }

    fn see_row(&mut self, tag: &Tag<'_>) {
        let number = tag.number(b"r").ok().flatten().and_then(|number| u32::try_from(number).ok());
        let row = number.map_or(self.row, |number| number.saturating_sub(1));
        self.row = row.saturating_add(1);
        let hidden = tag.attribute(b"hidden").is_some_and(|value| matches!(value, b"1" | b"true"));
        if let (true, Part::Sheet(sheet)) = (hidden && row < u32::MAX, &self.part) {
            add_range(self.rows.entry(sheet.clone()).or_default(), row, row);
        }
    }

    /// The hidden rows by the names on the tabs.
    pub(super) fn by_sheet(mut self) -> RowsBySheet {
        self.sheets
            .into_iter()
            .filter_map(|(name, id)| Some((name, self.rows.remove(self.targets.get(&id)?)?)))
            .collect()
    }
}
