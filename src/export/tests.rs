//! Exports of a small catalogue: what they look like, that hostile texts stay texts, and that bytes do not change.

use std::io::{Cursor, Read};

use super::cells::Cell;
use super::grid::{grids, rows};
use super::*;
use crate::domain::data_model::{CodeValue, Dataset, Extra, Field};
use crate::domain::samples;
use crate::domain::sheets::{SHEETS, SheetKind};
use crate::domain::words::{Provenance, Visibility};

fn exported(format: &str, catalogue: &Catalogue, models: &[&PublishedModel], scope: &Scope) -> Vec<ExportFile> {
    let input = ExportInput { catalogue, catalogue_version: 12, models, scope };
    exporter(format).and_then(|exporter| exporter.files(&input)).unwrap_or_else(|error| unreachable!("{error}"))
}

fn drawn(format: &str, catalogue: &Catalogue, scope: &Scope) -> String {
    let mut files = exported(format, catalogue, &[], scope);
    let bytes = files.pop().map(|file| file.bytes).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_else(|error| unreachable!("{error}"))
}

/// The parts of an xlsx file, by name.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap_or_else(|error| unreachable!("{error}"));
    let count = archive.len();
    let read = |at: usize| {
        let mut part = archive.by_index(at).unwrap_or_else(|error| unreachable!("{error}"));
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap_or_else(|error| unreachable!("{error}"));
        (part.name().map(|name| name.into_owned()).unwrap_or_default(), text)
    };
    (0..count).map(read).collect()
}

const HOSTILE: &[&str] = &[
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "＝cmd|' /C calc'!A0",
    "\"quoted\" <b>&amp; ]]> --> \\N \\\" %%{init: {}}%% `md` #quot; ;",
    "two\nlines",
    "_x000D_",
    "style a:b#c;",
    "\u{1}\u{b}\u{fffe}",
    "x --- y|z|",
    "end",
];

/// The sample, with hostile texts wherever a workbook's owner writes one.
fn hostile() -> PublishedModel {
    let mut model = samples::hospital();
    let text = |at: usize| HOSTILE.get(at % HOSTILE.len()).copied().unwrap_or_default().to_owned();
    for (at, dataset) in model.datasets.iter_mut().enumerate() {
        let title = text(at);
        *dataset = Dataset { title, custodian: text(at + 6), ..Dataset::clone(dataset) }.into();
    }
    for (at, table) in model.tables.iter_mut().enumerate() {
        let table = std::sync::Arc::make_mut(table);
        table.title = text(at + 3);
        table.description = text(at + 5);
    }
    for (at, field) in model.fields.iter_mut().enumerate() {
        let values = HOSTILE.iter().map(|text| CodeValue { code: (*text).to_owned(), meaning: text.repeat(8) });
        let extra = Extra::from([(text(at), text(at + 1))]);
        let unit = text(at + 2);
        *field = Field { values: values.collect(), extra, unit, ..Field::clone(field) }.into();
    }
    for (at, scheme) in model.schemes.iter_mut().enumerate() {
        std::sync::Arc::make_mut(scheme).title = text(at + 4);
    }
    model.about.status_note = HOSTILE.join(" ");
    samples::published(model)
}

#[test]
fn every_column_of_the_canonical_layout_is_written() {
    let mut model = samples::hospital();
    model.fields.push(hostile().model.fields.last().cloned().unwrap_or_else(|| unreachable!("a field")));
    for sheet in SHEETS {
        if let Some(row) = rows(&model, sheet.kind).first() {
            let written: Vec<&str> = row.cells.iter().map(|(column, _)| *column).collect();
            let columns: Vec<&str> = sheet.columns.iter().map(|column| column.name).collect();
            assert_eq!(written, columns, "{}", sheet.name);
        }
    }
}

#[test]
fn a_data_model_is_written_in_the_words_of_the_contract() {
    let shown = |cell: &Cell| match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => format!("{number} (number)"),
    };
    let mut text = String::new();
    for grid in grids(&samples::hospital()).iter().filter(|grid| !grid.rows.is_empty()) {
        text.push_str(&format!("# {}\n", grid.name));
        for row in &grid.rows {
            let pairs = grid.headers.iter().zip(row).filter(|(_, cell)| **cell != Cell::Blank);
            let pairs: Vec<String> = pairs.map(|(header, cell)| format!("{header}: {}", shown(cell))).collect();
            text.push_str(&format!("{}\n", pairs.join(" | ")));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn code_lists_that_do_not_fit_a_cell_have_their_own_sheet() {
    let mut model = samples::hospital();
    let many = (0..200).map(|n| samples::value(&format!("{n:03}"), "meaning")).collect();
    let odd = vec![samples::value("a", "\u{338}b"), samples::value("c", "")];
    let plain = vec![samples::value("1;2", "a = b\\c"), samples::value("3=4", ""), samples::value("9", "")];
    for (name, values) in [("many", many), ("odd", odd), ("plain", plain)] {
        model.fields.push(Field { values, ..samples::field("epr", "DER.dim_admission", name) }.into());
    }
    let sheets = grids(&model);
    let rows = |kind| sheets.iter().find(|grid| grid.kind == kind).map(|grid| grid.rows.clone()).unwrap_or_default();
    assert_eq!(rows(SheetKind::Values).len(), 202);
    let cells: Vec<Cell> = rows(SheetKind::Fields).iter().rev().take(3).filter_map(|row| row.get(7).cloned()).collect();
    assert_eq!(cells, [Cell::text("1\\;2=a = b\\\\c; 3\\=4; 9"), Cell::Blank, Cell::Blank]);
}

#[test]
fn a_workbook_holds_no_formula_and_its_bytes_do_not_change() {
    let published = hostile();
    let catalogue = Catalogue::assemble([&published], Visibility::Staff);
    let files = exported("workbook", &catalogue, &[&published], &Scope::Everything);
    assert_eq!(files, exported("workbook", &catalogue, &[&published], &Scope::Everything));
    let [file] = files.as_slice() else { unreachable!("one file per data model") };
    assert_eq!(file.name, "hospital.xlsx");
    let parts = parts(&file.bytes);
    let sheets: Vec<&String> =
        parts.iter().filter(|(name, _)| name.contains("worksheets/sheet")).map(|(_, xml)| xml).collect();
    assert_eq!(sheets.len(), 9);
    for sheet in sheets {
        assert!(!sheet.contains("<f>") && !sheet.contains("<f ") && !sheet.contains("<hyperlink"), "{sheet}");
    }
    let strings = parts.iter().find(|(name, _)| name == "xl/sharedStrings.xml").map(|(_, xml)| xml.as_str());
    let strings = strings.unwrap_or_default();
    assert!(strings.contains("<t>=HYPERLINK(\"http://evil.example\",\"click\")</t>"));
    // What looks like an escaped character is escaped itself.
    assert!(strings.contains("<t>_x005F_x000D_</t>"));
}

#[test]
fn a_text_longer_than_a_cell_is_refused_with_its_place() {
    let mut model = samples::hospital();
    let description = "é".repeat(32_768);
    model.fields.push(Field { description, ..samples::field("epr", "DER.dim_admission", "long") }.into());
    let refused = workbook(&model).map(|bytes| bytes.len()).map_err(|error| error.to_string());
    let place = "sheet “Fields”, row 15, column “Description”: longer than the 32767 characters that a cell holds";
    assert_eq!(refused, Err(place.to_owned()));
}

#[test]
fn the_template_has_every_sheet_with_notes_and_drop_downs() {
    let bytes = template().unwrap_or_else(|error| unreachable!("{error}"));
    assert_eq!(Some(bytes.clone()), template().ok());
    let parts = parts(&bytes);
    let named = |start: &str| {
        parts.iter().filter(|(name, _)| name.starts_with(start)).map(|(_, xml)| xml.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(named("xl/worksheets/sheet").len(), SHEETS.len());
    assert_eq!(named("xl/comments").len(), SHEETS.len());
    let workbook = named("xl/workbook.xml").concat();
    for sheet in SHEETS {
        assert!(workbook.contains(&format!("name=\"{}\"", sheet.name)), "{}", sheet.name);
    }
    let lists = SHEETS.iter().flat_map(|sheet| sheet.columns).filter(|column| !column.words.is_empty()).count();
    let validations: usize =
        named("xl/worksheets/sheet").iter().map(|xml| xml.matches("<dataValidation ").count()).sum();
    assert_eq!(validations, lists + 1);
    assert!(named("xl/sharedStrings.xml").concat().contains("<t>Version label</t>"));
}

#[test]
fn only_what_the_viewer_sees_is_written() {
    let mut model = samples::hospital();
    let secret = Dataset { visibility: Visibility::Staff, ..samples::dataset("secret") };
    model.datasets.push(secret.into());
    model.tables.push(samples::table("secret", "hush").into());
    model.fields.push(samples::field("secret", "hush", "key").into());
    let references = vec![samples::refers("secret/hush/key")];
    model.fields.push(Field { references, ..samples::field("epr", "DER.dim_admission", "pointer") }.into());
    let published = samples::published(model);
    let public = Catalogue::assemble([&published], Visibility::Public);
    let staff = Catalogue::assemble([&published], Visibility::Staff);
    let text = |catalogue| {
        let files = exported("workbook", catalogue, &[&published], &Scope::Everything);
        files.iter().flat_map(|file| parts(&file.bytes)).map(|(_, xml)| xml).collect::<String>()
    };
    assert!(!text(&public).contains("hush"));
    assert!(text(&staff).contains("hush"));
    for format in ["graphml", "mermaid", "dot"] {
        assert!(!drawn(format, &public, &Scope::Everything).contains("hush"));
    }
}

#[test]
fn the_map_is_drawn_in_three_languages() {
    let catalogue = samples::catalogue();
    for format in ["graphml", "mermaid", "dot"] {
        insta::assert_snapshot!(format, drawn(format, &catalogue, &Scope::Everything));
    }
}

#[test]
fn a_map_of_some_datasets_shows_what_links_them() {
    let catalogue = samples::catalogue();
    let scope = Scope::Datasets(vec![samples::slug("maternity"), samples::slug("wsic")]);
    let map = drawn("dot", &catalogue, &scope);
    for (part, there) in [
        ("cluster maternity", true),
        ("cluster epr", false),
        ("\"scheme hospital-number\" -- \"scheme nhs-number\"", true),
        ("\"scheme nhs-number\" -- \"scheme wsic-patient\"", true),
        ("scheme cancer-registry", false),
        ("scheme ward-stay", false),
        ("scheme organisation", false),
    ] {
        assert_eq!(map.contains(part), there, "{part}\n{map}");
    }
    let unknown = Scope::Datasets(vec![samples::slug("maternty")]);
    let input = ExportInput { catalogue: &catalogue, catalogue_version: 1, models: &[], scope: &unknown };
    let refused = dot::Dot.files(&input).map_err(|error| error.to_string()).map(|files| files.len());
    assert_eq!(refused, Err("dataset “maternty” is not in the catalogue; did you mean maternity?".to_owned()));
}

#[test]
fn hostile_texts_stay_texts_in_every_drawing() {
    let catalogue = Catalogue::assemble([&hostile()], Visibility::Staff);
    for format in ["graphml", "mermaid", "dot"] {
        insta::assert_snapshot!(format!("hostile_{format}"), drawn(format, &catalogue, &Scope::Everything));
    }
}

#[test]
fn rows_that_are_not_stated_by_their_source_say_so() {
    let mut model = samples::hospital();
    for table in &mut model.tables {
        std::sync::Arc::make_mut(table).provenance = Some(Provenance::Illustrative);
    }
    let catalogue = Catalogue::assemble([&samples::published(model)], Visibility::Staff);
    for (format, mark) in
        [("graphml", ">illustrative<"), ("mermaid", "#40;illustrative#41;"), ("dot", "(illustrative)")]
    {
        assert!(drawn(format, &catalogue, &Scope::Everything).contains(mark), "{format}");
    }
}
