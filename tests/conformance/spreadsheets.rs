//! Every hostile, odd and honest workbook at hand goes through the reading process: none ends the parent, none
//! hangs, the honest ones are read and hold as many cells as an independent reader counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use linkwright::ingest::{Kind, RawWorkbook, Reader, Unreadable, apply};

use crate::shared;

/// Files that the manifest expects to be refused, since the reader of that day refused them, and that are read here.
const READ_AFTER_ALL: [&str; 4] = [
    "ods-PhpSpreadsheet-RepeatedDataCells.ods", // indented content.xml
    "ods-libreoffice-matrix.ods",               // indented content.xml
    "xml-PhpSpreadsheet-utf16be.xlsx",          // parts in UTF-16
    "xml-roo-Pfand_from_windows_phone.xlsx",    // parts in UTF-16
];

/// Files whose cell count differs from the other reader's for a known reason.
const OTHER_COUNT: [(&str, &str); 6] = [
    ("dim-libreoffice-tdf136551.ods", "the other count takes a repeated cell once"),
    ("ods-PhpSpreadsheet-RepeatedDataCells.ods", "the other count takes a repeated cell once"),
    ("cells-calamine-encoded_entities.xlsx", "a cell that holds one line break is blank"),
    ("hidden-test_files-sheet_visibility_strict.xlsx", "the other reader does not read Strict OOXML"),
    ("strict-poi-SampleSS.strict.xlsx", "the other reader does not read Strict OOXML"),
    ("strict-ClosedXML-universal-content-strict.xlsx", "the other reader does not read Strict OOXML"),
];

struct Outcome {
    file: String,
    read: Result<RawWorkbook, Unreadable>,
    took: Duration,
}

fn read(folder: &Path, file: &str) -> Outcome {
    let bytes = std::fs::read(folder.join(file)).expect("a listed file is there");
    let start = Instant::now();
    let read = Reader::new(env!("CARGO_BIN_EXE_linkwright")).read(&bytes);
    Outcome { file: file.to_owned(), read, took: start.elapsed() }
}

/// The rows of a CSV file as header → value.
fn csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).expect("the manifest is readable");
    let mut rows: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    for c in text.chars().filter(|c| *c != '\r') {
        let row = rows.last_mut().expect("there is a row");
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().expect("there is a field").push(c),
        }
    }
    let header = rows.remove(0);
    let rows = rows.into_iter().filter(|row| row.len() == header.len());
    rows.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

/// The count of an independent reader, as `openpyxl: 3 sheets, 28 non-empty cells`.
fn other_count(cell: &str) -> Option<(&str, usize)> {
    let (reader, rest) = cell.split_once(": ")?;
    let (_, cells) = rest.split_once(" sheets, ")?;
    Some((reader, cells.split(' ').next()?.parse().ok()?))
}

fn describe(outcome: &Outcome) -> String {
    match &outcome.read {
        Ok(workbook) => {
            let bad: Vec<&str> = workbook.sheets.iter().filter_map(|sheet| sheet.unreadable.as_deref()).collect();
            format!(
                "READ {} {} sheets, {} cells {bad:?}",
                workbook.format,
                workbook.sheets.len(),
                workbook.used_cells()
            )
        }
        Err(unreadable) => format!("{}: {}", unreadable.refusal, unreadable.what),
    }
}

fn within_bounds(outcome: &Outcome) {
    assert!(outcome.took < Duration::from_secs(16), "{} took {:?}", outcome.file, outcome.took);
}

#[test]
fn the_hostile_corpus_is_read_or_refused_as_its_manifest_says() {
    let Some(folder) = shared("data/hostile") else { return };
    let mut wrong = Vec::new();
    let (mut compared, mut equal) = (0, 0);
    for row in csv(&folder.join("MANIFEST.csv")) {
        let outcome = read(&folder, &row["file"]);
        within_bounds(&outcome);
        println!("{:60} {:6.0?} {}", row["file"], outcome.took, describe(&outcome));
        let after_all = READ_AFTER_ALL.iter().any(|file| row["file"].ends_with(file));
        if outcome.read.is_ok() != (row["expected"] == "readable" || after_all) {
            wrong.push(format!("{}: expected {}, got {}", row["file"], row["expected"], describe(&outcome)));
        }
        if let (Ok(workbook), Some((reader, cells))) = (&outcome.read, other_count(&row["independent_reader"])) {
            compared += 1;
            let explained = OTHER_COUNT.iter().any(|(file, _)| row["file"].ends_with(file));
            if workbook.used_cells() == cells {
                equal += 1;
            } else if !explained {
                wrong.push(format!("{}: {} cells, {reader} {cells}", row["file"], workbook.used_cells()));
            }
        }
    }
    println!("{equal} of {compared} counts equal to the independent reader's");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn synthetic_bombs_are_refused_and_odd_but_honest_files_are_read() {
    let Some(folder) = shared("data/hostile") else { return };
    let out = tempfile::tempdir().expect("a temporary folder");
    let made = Command::new("python3").arg(folder.join("make_bombs.py")).arg(out.path()).arg("--big").output();
    if !made.is_ok_and(|made| made.status.success()) {
        assert_ne!(std::env::var("STRICT").as_deref(), Ok("1"), "python3 is needed to make the bombs");
        println!("skipped: python3 is needed to make the bombs");
        return;
    }
    let mut wrong = Vec::new();
    for row in csv(&out.path().join("EXPECT.csv")) {
        let outcome = read(out.path(), &row["file"]);
        within_bounds(&outcome);
        println!("{:45} {:9} {:6.0?} {}", row["file"], row["expected"], outcome.took, describe(&outcome));
        // A workbook without a data model is read; that it is none is found later.
        let later = row["file"].starts_with("model_");
        match row["expected"].as_str() {
            "readable" if outcome.read.is_err() => wrong.push(format!("{}: {}", row["file"], describe(&outcome))),
            "clean error" if outcome.read.is_ok() && !later => {
                wrong.push(format!("{}: {}", row["file"], describe(&outcome)));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn workbooks_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            workbooks_under(&path, found);
        } else if path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("xls")) {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn real_data_model_workbooks_are_read_and_the_negative_ones_refused() {
    let Some(folder) = shared("data/spreadsheets") else { return };
    let mut found = Vec::new();
    workbooks_under(&folder, &mut found);
    let mut wrong = Vec::new();
    for path in &found {
        let file = path.strip_prefix(&folder).unwrap_or(path).display().to_string();
        let outcome = read(&folder, &file);
        within_bounds(&outcome);
        println!("{file:100} {:6.0?} {}", outcome.took, describe(&outcome));
        let refused = ["password_protected_sample_xlsx.xlsx", "txt_file_xlsx_extension.xlsx", "DCH-DSTU2-STU3-Map.xls"];
        // Dictionaries in layouts of their own must not be taken for ours.
        if let Ok(workbook) = &outcome.read
            && apply(workbook, &file, None).kind == Kind::DataModel
        {
            wrong.push(format!("{file}: taken for the canonical layout"));
        }
        if outcome.read.is_ok() == refused.iter().any(|name| file.ends_with(name)) {
            wrong.push(format!("{file}: {}", describe(&outcome)));
        }
    }
    println!("{} workbooks", found.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
