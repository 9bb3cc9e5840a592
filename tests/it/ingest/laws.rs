//! What holds of every workbook: nothing in it can stop the reading of it, and every row is stored or listed.

use linkwright::domain::sheets::SHEETS;
use linkwright::ingest::{
    CellAddress, Draft, Format, RawCell, RawSheet, RawValue, RawWorkbook, SheetVisibility, apply, check_together,
};
use proptest::prelude::*;

/// Texts that mean something somewhere, so that rows meet each other.
const WORDS: [&str; 24] = [
    "a",
    "A",
    "b",
    "a-b",
    "a.b",
    "a/b",
    "a/b.a",
    "a/a/a#x",
    "a.a; b.b",
    "none",
    "yes",
    "public",
    "1:n",
    "140 %",
    "0.5",
    "2026",
    "31/12/2020",
    "monthly",
    "dataset:a and curated:no",
    "#REF!",
    "a=1; b=2",
    "person",
    "primary",
    "\u{202e}\u{430}b",
];

fn value() -> impl Strategy<Value = RawValue> {
    prop_oneof![
        6 => prop::sample::select(&WORDS[..]).prop_map(|word| RawValue::Text(word.into())),
        1 => "\\PC{0,12}".prop_map(|text| RawValue::Text(text.into())),
        1 => any::<f64>().prop_map(RawValue::Number),
        1 => any::<bool>().prop_map(RawValue::Bool),
    ]
}

/// A canonical sheet with most of its columns and some rows.
fn sheet() -> impl Strategy<Value = RawSheet> {
    let kind = prop::sample::select(SHEETS);
    (
        kind,
        prop::collection::vec(prop::bool::weighted(0.9), 20),
        prop::collection::vec((0_u32..6, 0_u32..21, value()), 0..60),
    )
        .prop_map(|(kind, kept, cells)| {
            let headers = (0..).zip(kind.columns).zip(kept).filter(|(_, kept)| *kept);
            let mut all: Vec<RawCell> = headers
                .map(|((col, column), _)| RawCell {
                    at: CellAddress::new(0, col),
                    value: RawValue::Text(column.name.into()),
                })
                .chain(cells.into_iter().map(|(row, col, value)| RawCell { at: CellAddress::new(row + 1, col), value }))
                .collect();
            all.sort_by_key(|cell| cell.at);
            all.dedup_by_key(|cell| cell.at);
            RawSheet {
                name: kind.name.to_owned(),
                visibility: SheetVisibility::Visible,
                cells: all,
                unreadable: None,
                hidden_rows: vec![(2, 3)],
            }
        })
}

proptest! {
    #[test]
    fn nothing_in_a_workbook_stops_the_reading_of_it(
        one in prop::collection::vec(sheet(), 0..8),
        two in prop::collection::vec(sheet(), 0..8),
    ) {
        let read = |sheets, file: &str| apply(&RawWorkbook { format: Format::Xlsx, sheets }, file, None);
        let (one, two) = (read(one, "one.xlsx"), read(two, "two.xlsx"));
        for applied in [&one, &two] {
            prop_assert_eq!(applied.rows.read, applied.rows.stored + applied.rows.listed);
            prop_assert!((0.0..=1.0).contains(&applied.confidence));
        }
        let drafts: Vec<&Draft> = one.draft.iter().chain(&two.draft).collect();
        for draft in &drafts {
            prop_assert_eq!(draft.model.fields.len(), draft.places.fields.len());
            prop_assert_eq!(draft.model.crosswalks.len(), draft.places.crosswalks.len());
        }
        let findings = [one.findings.clone(), two.findings.clone(), check_together(&drafts, &[])].concat();
        for finding in findings {
            prop_assert!(!finding.what.is_empty() && !finding.file.is_empty());
        }
    }
}
